import { float } from "../graph/attributes.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("LRN", [
  { name: "size 3", inputs: [[1, 4, 2, 1]], attributes: { size: 3, alpha: float(0.5) } },
  {
    name: "size 5 of 3 channels",
    inputs: [[2, 3, 1, 2]],
    attributes: { size: 5, alpha: float(1), beta: float(0.5), bias: float(2) },
  },
]);
