import { checkOperator } from "../testing/check-operator.js";

checkOperator("Einsum", [
  {
    name: "product",
    inputs: [
      [2, 3],
      [3, 2],
    ],
    attributes: { equation: "ij,jk->ik" },
  },
  {
    name: "implicit result",
    inputs: [
      [2, 3],
      [3, 2],
    ],
    attributes: { equation: "ij,jk" },
  },
  {
    name: "three inputs",
    inputs: [
      [2, 2],
      [2, 3],
      [3, 2],
    ],
    attributes: { equation: "ab,bc,cd->da" },
  },
  {
    name: "an axis of one input is summed",
    inputs: [
      [2, 3],
      [2, 2],
    ],
    attributes: { equation: "ij,ik->ik" },
  },
]);
