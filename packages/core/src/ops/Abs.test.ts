import { checkOperator } from "../testing/check-operator.js";

checkOperator("Abs", [
  { name: "negative", inputs: [[2, 3]], range: [-1, -0.1] },
  { name: "positive", inputs: [[2, 3]], range: [0.1, 1] },
]);
