import { spread } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("PRelu", [
  { name: "slope per element", inputs: [spread([2, 3]), [2, 3]] },
  { name: "slope per channel", inputs: [spread([1, 3, 2, 2]), [3, 1, 1]] },
  { name: "one slope", inputs: [spread([2, 3]), [1]] },
]);
