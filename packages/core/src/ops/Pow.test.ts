import { broadcastCases, stored } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

const exponent = (value: number) => stored("float32", [], [value]);

checkOperator("Pow", [
  ...[-1, 0, 0.5, 1, 2, 3, 1.7, -2].map((n) => ({
    name: `exponent ${n}`,
    inputs: [[2, 3], exponent(n)],
    range: [0.5, 2] as const,
  })),
  { name: "squares of either sign", inputs: [[2, 3], exponent(2)] },
  { name: "cubes of either sign", inputs: [[2, 3], exponent(3)] },
  { name: "integer exponent", inputs: [[2, 3], stored("int64", [], [4])] },
  { name: "exponents per column", inputs: [[2, 3], stored("float32", [3], [2, 0, -1])], range: [0.5, 2] },
  ...broadcastCases([0.5, 2]).map((row) => ({ ...row, name: `computed exponent, ${row.name}` })),
]);
