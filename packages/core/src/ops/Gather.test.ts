import { checkOperator } from "../testing/check-operator.js";

checkOperator("Gather", [
  { name: "some rows", inputs: [[4, 2], ints(2, 0)] },
  { name: "every row, another order", inputs: [[3, 2], ints(1, -1, 0)] },
  { name: "repeated", inputs: [[2, 3], ints(-1, 0, 2, 2)], attributes: { axis: 1 } },
  {
    name: "one index without an axis of its own",
    inputs: [[1, 3, 2], { dtype: "int64", dims: [], data: [0], constant: true }],
    attributes: { axis: 1 },
  },
]);

function ints(...data: number[]) {
  return { dtype: "int64" as const, dims: [data.length], data, constant: true };
}
