import { float } from "../graph/attributes.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("LayerNormalization", [
  { name: "last axis", inputs: [[2, 2, 5], [5], [5]] },
  {
    name: "axis 1, no bias, epsilon 0.1",
    inputs: [
      [2, 3, 2],
      [3, 2],
    ],
    attributes: { axis: 1, epsilon: float(0.1) },
  },
]);
