import { VARIADIC_CASES } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("Mean", VARIADIC_CASES);
