import { stored } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

const lengths = stored("int64", [3], [1, 2, 4]);

checkOperator(
  "ReverseSequence",
  [
    { name: "time first", inputs: [[4, 3, 2], lengths] },
    { name: "batch first", inputs: [[3, 4], lengths], attributes: { batch_axis: 0, time_axis: 1 } },
  ],
  { withoutGolden: RARE },
);
