import { spread } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "LpNormalization",
  [
    { name: "Euclidean, last axis", inputs: [spread([2, 3, 4])] },
    { name: "sum of magnitudes, channels", inputs: [spread([2, 3, 4])], attributes: { axis: 1, p: 1 } },
  ],
  { withoutGolden: RARE },
);
