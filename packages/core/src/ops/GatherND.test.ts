import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "GatherND",
  [
    { name: "elements", inputs: [[2, 3], { dtype: "int64", dims: [3, 2], data: [0, 1, 1, 2, 0, 1], constant: true }] },
    { name: "rows", inputs: [[3, 2], { dtype: "int64", dims: [2, 1], data: [2, 0], constant: true }] },
  ],
  { withoutGolden: RARE },
);
