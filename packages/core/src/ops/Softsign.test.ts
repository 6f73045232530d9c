import { checkOperator } from "../testing/check-operator.js";

checkOperator("Softsign", [
  { name: "negative", inputs: [[2, 3]], range: [-3, -0.1] },
  { name: "positive", inputs: [[2, 3]], range: [0.1, 3] },
]);
