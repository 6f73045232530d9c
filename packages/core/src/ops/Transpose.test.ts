import { checkOperator } from "../testing/check-operator.js";

checkOperator("Transpose", [
  { name: "default reverses", inputs: [[2, 3, 4]] },
  { name: "a cycle, not its own inverse", inputs: [[2, 3, 4]], attributes: { perm: [2, 0, 1] } },
]);
