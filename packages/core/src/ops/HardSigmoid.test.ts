import { float } from "../graph/attributes.js";
import { checkOperator } from "../testing/check-operator.js";

const x = { dims: [5], data: [-4, -1, 0, 1.5, 3.5] };

checkOperator("HardSigmoid", [
  { name: "defaults", inputs: [x] },
  { name: "MobileNetV3's", inputs: [x], attributes: { alpha: float(1 / 6), beta: float(0.5) } },
]);
