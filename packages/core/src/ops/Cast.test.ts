import { checkOperator } from "../testing/check-operator.js";

const FLOAT = 1;

checkOperator("Cast", [{ name: "to the same type", inputs: [[2, 3]], attributes: { to: FLOAT } }]);
