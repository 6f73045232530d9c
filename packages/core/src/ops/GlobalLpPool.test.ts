import { spread } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "GlobalLpPool",
  [
    { name: "Euclidean", inputs: [[2, 3, 2, 2]] },
    { name: "sum of magnitudes", inputs: [spread([1, 2, 3, 2])], attributes: { p: 1 } },
    { name: "of order 3", inputs: [spread([1, 2, 6])], attributes: { p: 3 } },
  ],
  { withoutGolden: RARE },
);
