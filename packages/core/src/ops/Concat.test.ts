import { checkOperator } from "../testing/check-operator.js";

checkOperator("Concat", [
  {
    name: "channels",
    inputs: [
      [1, 2, 2, 2],
      [1, 3, 2, 2],
      [1, 1, 2, 2],
    ],
    attributes: { axis: 1 },
  },
  {
    name: "negative axis",
    inputs: [
      [2, 1],
      [2, 3],
    ],
    attributes: { axis: -1 },
  },
  { name: "one input", inputs: [[2, 2]], attributes: { axis: 0 } },
]);
