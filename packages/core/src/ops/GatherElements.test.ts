import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "GatherElements",
  [
    {
      name: "repeated and negative",
      inputs: [[3, 2], { dtype: "int64", dims: [2, 2], data: [2, 0, -1, 1], constant: true }],
    },
    {
      name: "axis 1",
      inputs: [[2, 3], { dtype: "int64", dims: [2, 4], data: [0, 0, 2, 1, 1, 2, 1, 0], constant: true }],
      attributes: { axis: 1 },
    },
  ],
  { withoutGolden: RARE },
);
