import { checkOperator } from "../testing/check-operator.js";

checkOperator("GlobalMaxPool", [
  {
    name: "2-D",
    inputs: [{ dims: [1, 2, 2, 3], data: [0.1, 0.5, -0.2, 0.3, 0.2, 0, -0.9, -0.5, -0.6, -0.1, -0.7, -0.3] }],
  },
  { name: "1-D", inputs: [{ dims: [1, 1, 3], data: [0.1, 0.4, -0.2] }] },
]);
