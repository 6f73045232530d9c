import { checkOperator } from "../testing/check-operator.js";

checkOperator("LogSoftmax", [
  { name: "default axis: the last", inputs: [[2, 4]] },
  { name: "axis 1 of an image", inputs: [[1, 3, 2, 2]], attributes: { axis: 1 } },
  { name: "negative axis", inputs: [[2, 3, 2]], attributes: { axis: -2 } },
  { name: "axis of size 1", inputs: [[3, 1]] },
]);
