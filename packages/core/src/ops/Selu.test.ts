import { float } from "../graph/attributes.js";
import { spread } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("Selu", [
  { name: "defaults", inputs: [spread([2, 3, 2])] },
  { name: "other constants", inputs: [spread([2, 3])], attributes: { alpha: float(0.5), gamma: float(2) } },
]);
