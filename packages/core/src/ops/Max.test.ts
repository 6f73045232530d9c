import { VARIADIC_CASES } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("Max", VARIADIC_CASES);
