import { checkOperator } from "../testing/check-operator.js";

checkOperator("Slice", [
  { name: "default axes", inputs: [[4, 3], ints(1, 0), ints(3, 2)] },
  { name: "negative positions and axis", inputs: [[2, 6], ints(-4), ints(-1), ints(-1)] },
  { name: "steps, leftovers", inputs: [[5, 7], ints(0, 1), ints(100, 100), ints(0, 1), ints(2, 3)] },
  { name: "backwards", inputs: [[2, 6], ints(100), ints(-100), ints(1), ints(-2)] },
]);

function ints(...data: number[]) {
  return { dtype: "int64" as const, dims: [data.length], data, constant: true };
}
