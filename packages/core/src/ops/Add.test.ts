import { checkOperator } from "../testing/check-operator.js";

checkOperator("Add", [
  {
    name: "same shape",
    inputs: [
      [2, 3],
      [2, 3],
    ],
  },
  {
    name: "both broadcast",
    inputs: [
      [2, 1, 3],
      [4, 1],
    ],
  },
  { name: "scalar", inputs: [[2, 2], []] },
]);
