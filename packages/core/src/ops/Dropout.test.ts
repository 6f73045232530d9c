import { checkOperator } from "../testing/check-operator.js";

checkOperator("Dropout", [{ name: "at inference", inputs: [[2, 3]] }]);
