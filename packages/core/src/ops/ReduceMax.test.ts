import { reductionCases, spread } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("ReduceMax", reductionCases({ x: spread }));
