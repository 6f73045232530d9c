import { checkOperator } from "../testing/check-operator.js";

checkOperator("Tile", [
  { name: "every axis", inputs: [[2, 3], { dtype: "int64", dims: [2], data: [3, 2], constant: true }] },
  { name: "nothing to do", inputs: [[2], { dtype: "int64", dims: [1], data: [1], constant: true }] },
]);
