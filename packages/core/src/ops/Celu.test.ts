import { float } from "../graph/attributes.js";
import { spread } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("Celu", [
  { name: "default alpha", inputs: [spread([2, 3, 2])] },
  { name: "alpha 0.5", inputs: [spread([2, 3])], attributes: { alpha: float(0.5) } },
]);
