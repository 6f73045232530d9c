import { reductionCases } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("ReduceLogSum", reductionCases({ range: [0.5, 2] }));
