import { VARIADIC_CASES } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("Min", VARIADIC_CASES);
