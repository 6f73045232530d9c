import { checkOperator } from "../testing/check-operator.js";

const constant = { dims: [4], constant: true };

checkOperator("GroupNormalization", [
  { name: "2 groups", inputs: [[2, 4, 2, 2], constant, constant], attributes: { num_groups: 2 } },
  { name: "1 group", inputs: [[1, 4, 3], constant, constant], attributes: { num_groups: 1 } },
]);
