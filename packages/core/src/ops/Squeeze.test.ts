import { checkOperator } from "../testing/check-operator.js";

checkOperator("Squeeze", [
  { name: "two axes", inputs: [[1, 2, 3, 1], { dtype: "int64", dims: [2], data: [-1, 0], constant: true }] },
  { name: "every axis of length 1", inputs: [[1, 2, 1, 3]] },
]);
