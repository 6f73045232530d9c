import { stored } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "Trilu",
  [
    { name: "upper", inputs: [[2, 3, 4]] },
    { name: "lower, above the diagonal", inputs: [[3, 4], stored("int64", [], [1])], attributes: { upper: 0 } },
  ],
  { withoutGolden: RARE },
);
