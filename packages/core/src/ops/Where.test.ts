import { checkOperator } from "../testing/check-operator.js";

const condition = { dtype: "bool", dims: [2, 1], data: [1, 0], constant: true } as const;

checkOperator("Where", [
  {
    name: "same shape",
    inputs: [{ ...condition, dims: [2, 2], data: [1, 0, 0, 1] }, [2, 2], [2, 2]],
  },
  { name: "condition broadcasts", inputs: [condition, [2, 3], [2, 3]] },
  { name: "all broadcast", inputs: [condition, [3], [2, 1, 1]] },
  { name: "a scalar", inputs: [condition, [], [2, 3]] },
]);
