import { checkOperator } from "../testing/check-operator.js";

checkOperator("Sqrt", [
  { name: "vector", inputs: [[7]], range: [0.5, 3] },
  { name: "image", inputs: [[1, 2, 2, 3]], range: [0.5, 3] },
  { name: "scalar", inputs: [[]], range: [0.5, 3] },
]);
