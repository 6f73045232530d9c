import { reductionCases, spread, stored } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "ReduceProd",
  [
    ...reductionCases({ x: spread }),
    { name: "zeros", inputs: [{ dims: [3, 3], data: [0, 2, 3, 0, 0, 2, 1, 2, -1] }, stored("int64", [1], [1])] },
  ],
  { withoutGolden: RARE },
);
