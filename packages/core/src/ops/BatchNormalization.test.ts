import { float } from "../graph/attributes.js";
import { checkOperator } from "../testing/check-operator.js";

const C = 2;
const constant = { dims: [C], constant: true };
const variance = { dims: [C], constant: true, data: [0.5, 1.5] };

checkOperator("BatchNormalization", [
  { name: "2-D", inputs: [[2, C, 2, 3], [C], [C], constant, variance] },
  { name: "no spatial axes", inputs: [[3, C], [C], [C], constant, variance] },
  {
    name: "epsilon 0.1",
    inputs: [[1, C, 3], [C], [C], constant, variance],
    attributes: { epsilon: float(0.1) },
  },
]);
