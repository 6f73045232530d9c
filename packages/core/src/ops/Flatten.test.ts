import { checkOperator } from "../testing/check-operator.js";

checkOperator("Flatten", [
  { name: "default axis", inputs: [[2, 3, 2]] },
  { name: "axis 0", inputs: [[2, 3]], attributes: { axis: 0 } },
  { name: "negative axis", inputs: [[2, 3, 2]], attributes: { axis: -1 } },
]);
