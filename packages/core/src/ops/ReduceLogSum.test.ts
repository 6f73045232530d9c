import { reductionCases } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator("ReduceLogSum", reductionCases({ range: [0.5, 2] }), { withoutGolden: RARE });
