import { checkOperator } from "../testing/check-operator.js";

checkOperator("Reshape", [
  { name: "all lengths given", inputs: [[2, 3, 2], shape(4, 3)] },
  { name: "copied and inferred lengths", inputs: [[2, 3, 2, 1], shape(0, -1)] },
  { name: "to a scalar", inputs: [[1, 1], shape()] },
]);

function shape(...data: number[]) {
  return { dtype: "int64" as const, dims: [data.length], data, constant: true };
}
