import { checkOperator } from "../testing/check-operator.js";

checkOperator("Pad", [
  { name: "constant", inputs: [[1, 2, 2, 3], ints(0, 0, 1, 0, 0, 0, 2, 1)] },
  { name: "a value that is computed", inputs: [[1, 2, 2, 3], ints(0, 0, 1, 0, 0, 0, 2, 1), []] },
  { name: "a value and pads that crop", inputs: [[4, 5], ints(-1, 2, 0, -2), []] },
  { name: "negative pads crop", inputs: [[4, 5], ints(-1, 2, 0, -2)] },
  { name: "reflect", inputs: [[1, 3, 4], ints(0, 2, 1, 0, 1, 3)], attributes: { mode: "reflect" } },
  { name: "edge", inputs: [[1, 2, 3], ints(0, 3, 0, 0, 1, 2)], attributes: { mode: "edge" } },
  { name: "wrap", inputs: [[2, 3], ints(1, 2, 0, 1)], attributes: { mode: "wrap" } },
  { name: "axes given", inputs: [[2, 3, 2], ints(1, 2), undefined, ints(-2)], attributes: { mode: "edge" } },
]);

function ints(...data: number[]) {
  return { dtype: "int64" as const, dims: [data.length], data, constant: true };
}
