import { checkOperator } from "../testing/check-operator.js";

checkOperator("Identity", [{ name: "at inference", inputs: [[2, 3]] }]);
