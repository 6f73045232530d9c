import { checkOperator } from "../testing/check-operator.js";

checkOperator("Neg", [
  { name: "vector", inputs: [[7]], range: [-1, 1] },
  { name: "image", inputs: [[1, 2, 2, 3]], range: [-1, 1] },
  { name: "scalar", inputs: [[]], range: [-1, 1] },
]);
