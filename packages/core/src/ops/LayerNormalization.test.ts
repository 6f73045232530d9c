import { float } from "../graph/attributes.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("LayerNormalization", [
  { name: "last axis", inputs: [[2, 2, 5], { dims: [5], constant: true }, { dims: [5], constant: true }] },
  {
    name: "axis 1, no bias, epsilon 0.1",
    inputs: [[2, 3, 2], { dims: [3, 2], constant: true }],
    attributes: { axis: 1, epsilon: float(0.1) },
  },
]);
