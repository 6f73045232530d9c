import { stored } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

const indices = stored("int64", [2, 3], [1, 0, 2, 0, 2, 1]);

checkOperator(
  "ScatterElements",
  [
    { name: "written over", inputs: [[3, 3], indices, [2, 3]] },
    { name: "along another axis", inputs: [[2, 4], indices, [2, 3]], attributes: { axis: 1 } },
    {
      name: "added, twice at one place",
      inputs: [[3, 3], stored("int64", [2, 3], [1, 1, 2, 1, 0, 1]), [2, 3]],
      attributes: { reduction: "add" },
    },
  ],
  { withoutGolden: RARE },
);
