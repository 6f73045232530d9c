import { checkOperator } from "../testing/check-operator.js";

checkOperator("Unsqueeze", [
  { name: "two axes", inputs: [[2, 3], { dtype: "int64", dims: [2], data: [3, 0], constant: true }] },
  { name: "negative axis", inputs: [[2, 3], { dtype: "int64", dims: [1], data: [-1], constant: true }] },
]);
