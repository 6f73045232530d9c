import { stored } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "MaxUnpool",
  [
    {
      name: "windows of two by two",
      inputs: [[1, 2, 1, 2], stored("int64", [1, 2, 1, 2], [1, 6, 8, 15])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    },
  ],
  { withoutGolden: RARE },
);
