import { float } from "../graph/attributes.js";
import { spread } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("LeakyRelu", [
  { name: "default slope", inputs: [spread([2, 3, 2])] },
  { name: "slope 0.3", inputs: [spread([2, 3])], attributes: { alpha: float(0.3) } },
  { name: "slope 0", inputs: [spread([2, 3])], attributes: { alpha: float(0) } },
  { name: "slope -0.5", inputs: [spread([2, 3])], attributes: { alpha: float(-0.5) } },
]);
