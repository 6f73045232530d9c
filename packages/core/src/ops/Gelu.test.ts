import { checkOperator } from "../testing/check-operator.js";

checkOperator("Gelu", [
  { name: "exact", inputs: [[2, 3, 2]], range: [-3, 3] },
  { name: "by tanh", inputs: [[2, 3, 2]], range: [-3, 3], attributes: { approximate: "tanh" } },
]);
