import { reductionCases } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("ReduceL2", reductionCases({ range: [0.5, 2] }));
