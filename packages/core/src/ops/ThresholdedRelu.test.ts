import { float } from "../graph/attributes.js";
import { spread } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "ThresholdedRelu",
  [
    { name: "default threshold", inputs: [{ dims: [4], data: [-1, 0.5, 1.2, 3] }] },
    { name: "threshold 0.25", inputs: [spread([2, 3])], attributes: { alpha: float(0.25) } },
    { name: "threshold -0.5", inputs: [spread([2, 3])], attributes: { alpha: float(-0.5) } },
  ],
  { withoutGolden: RARE },
);
