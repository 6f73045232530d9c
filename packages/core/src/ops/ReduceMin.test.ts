import { reductionCases, spread } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("ReduceMin", reductionCases({ x: spread }));
