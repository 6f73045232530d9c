import { stored } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "ScatterND",
  [
    { name: "elements", inputs: [[3, 3], stored("int64", [2, 2], [0, 1, 2, 2]), [2]] },
    { name: "slices", inputs: [[3, 2, 2], stored("int64", [2, 1], [2, 0]), [2, 2, 2]] },
    {
      name: "added, twice at one place",
      inputs: [[4], stored("int64", [3, 1], [1, 3, 1]), [3]],
      attributes: { reduction: "add" },
    },
    ...["mul", "max", "min"].map((reduction) => ({
      name: `${reduction}, twice at one place`,
      inputs: [[4], stored("int64", [3, 1], [1, 3, 1]), [3]],
      attributes: { reduction },
    })),
    {
      name: "mul, with a zero",
      inputs: [{ dims: [4], data: [1, 0, 2, 3] }, stored("int64", [3, 1], [1, 3, 1]), { dims: [3], data: [2, 0, 3] }],
      attributes: { reduction: "mul" },
    },
  ],
  { withoutGolden: RARE },
);
