import { spread, stored } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

const bound = (value: number) => stored("float32", [], [value]);

checkOperator("Clip", [
  { name: "both bounds", inputs: [spread([2, 3, 2]), bound(-0.5), bound(0.4)] },
  { name: "lower bound only", inputs: [spread([2, 3]), bound(0.05)] },
  { name: "upper bound only", inputs: [spread([2, 3]), undefined, bound(0.05)] },
  { name: "no bound", inputs: [spread([2, 3])] },
  { name: "bounds crossed: the upper one holds", inputs: [spread([2, 3]), bound(0.5), bound(-0.5)] },
]);
