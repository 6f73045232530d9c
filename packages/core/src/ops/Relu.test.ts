import { checkOperator } from "../testing/check-operator.js";

checkOperator("Relu", [
  { name: "away from the kink", inputs: [{ dims: [2, 3], data: [-0.9, 0.4, 0.7, -0.3, 0.2, -0.5] }] },
]);
