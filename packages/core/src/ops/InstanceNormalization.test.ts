import { float } from "../graph/attributes.js";
import { checkOperator } from "../testing/check-operator.js";

const constant = { dims: [2], constant: true };

checkOperator("InstanceNormalization", [
  { name: "2-D", inputs: [[2, 2, 2, 3], constant, constant] },
  { name: "1-D, epsilon 0.1", inputs: [[1, 2, 5], constant, constant], attributes: { epsilon: float(0.1) } },
]);
