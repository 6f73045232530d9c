import { stored } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

const sizes = (...values: number[]) => stored("int64", [values.length], values);

checkOperator(
  "Col2Im",
  [
    { name: "windows that tile", inputs: [[1, 8, 6], sizes(4, 6), sizes(2, 2)], attributes: { strides: [2, 2] } },
    {
      name: "windows that overlap, padded and dilated",
      inputs: [[2, 12, 8], sizes(4, 5), sizes(2, 3)],
      attributes: { pads: [1, 0, 0, 1], dilations: [1, 2], strides: [1, 1] },
    },
  ],
  { withoutGolden: RARE },
);
