import { reductionCases, spread } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("ReduceL1", reductionCases({ x: spread }));
