import { checkOperator } from "../testing/check-operator.js";

checkOperator("Mish", [
  { name: "vector", inputs: [[7]], range: [-4, 4] },
  { name: "image", inputs: [[1, 2, 2, 3]], range: [-4, 4] },
  { name: "scalar", inputs: [[]], range: [-4, 4] },
]);
