import { checkOperator } from "../testing/check-operator.js";

checkOperator("Expand", [
  { name: "new axis", inputs: [[3, 1], { dtype: "int64", dims: [3], data: [2, 3, 2], constant: true }] },
  { name: "both ways", inputs: [[3, 1], { dtype: "int64", dims: [2], data: [1, 4], constant: true }] },
]);
