import { stored } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

const axis = (value: number) => stored("int64", [], [value]);

checkOperator(
  "CumSum",
  [
    { name: "forwards", inputs: [[2, 3], axis(1)] },
    { name: "reverse", inputs: [[2, 3], axis(0)], attributes: { reverse: 1 } },
    { name: "exclusive", inputs: [[2, 3], axis(-1)], attributes: { exclusive: 1 } },
    { name: "exclusive, reverse", inputs: [[2, 3], axis(-1)], attributes: { exclusive: 1, reverse: 1 } },
  ],
  { withoutGolden: RARE },
);
