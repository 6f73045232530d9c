import { reductionCases } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("ReduceSumSquare", reductionCases());
