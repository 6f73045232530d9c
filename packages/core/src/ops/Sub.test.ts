import { broadcastCases } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("Sub", broadcastCases());
