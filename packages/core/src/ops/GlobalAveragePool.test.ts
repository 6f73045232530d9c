import { checkOperator } from "../testing/check-operator.js";

checkOperator("GlobalAveragePool", [
  { name: "2-D", inputs: [[2, 2, 3, 2]] },
  { name: "1-D", inputs: [[1, 2, 4]] },
]);
