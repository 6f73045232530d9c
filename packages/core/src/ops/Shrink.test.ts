import { float } from "../graph/attributes.js";
import { spread } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "Shrink",
  [
    { name: "hard", inputs: [spread([2, 3, 4])] },
    { name: "soft", inputs: [spread([2, 3, 4])], attributes: { lambd: float(0.3), bias: float(0.3) } },
  ],
  { withoutGolden: RARE },
);
