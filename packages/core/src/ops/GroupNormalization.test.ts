import { checkOperator } from "../testing/check-operator.js";

const perChannel = [4];

checkOperator("GroupNormalization", [
  { name: "2 groups", inputs: [[2, 4, 2, 2], perChannel, perChannel], attributes: { num_groups: 2 } },
  { name: "1 group", inputs: [[1, 4, 3], perChannel, perChannel], attributes: { num_groups: 1 } },
]);
