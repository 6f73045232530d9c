import { checkOperator } from "../testing/check-operator.js";

checkOperator("Reciprocal", [
  { name: "negative", inputs: [[2, 3]], range: [-3, -0.5] },
  { name: "positive", inputs: [[2, 3]], range: [0.5, 3] },
]);
