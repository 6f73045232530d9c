import { broadcastCases } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("Div", broadcastCases([0.5, 2]));
