import { float } from "../graph/attributes.js";
import { checkOperator } from "../testing/check-operator.js";

const perChannel = [2];

checkOperator("InstanceNormalization", [
  { name: "2-D", inputs: [[2, 2, 2, 3], perChannel, perChannel] },
  { name: "1-D, epsilon 0.1", inputs: [[1, 2, 5], perChannel, perChannel], attributes: { epsilon: float(0.1) } },
]);
