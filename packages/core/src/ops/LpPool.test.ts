import { spread } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "LpPool",
  [
    { name: "windows that tile", inputs: [[1, 2, 4, 4]], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    { name: "windows that overlap", inputs: [[1, 2, 5, 4]], attributes: { kernel_shape: [3, 2], strides: [2, 1] } },
    { name: "padding", inputs: [[1, 1, 4, 4]], attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } },
    { name: "sum of magnitudes", inputs: [spread([1, 2, 6])], attributes: { kernel_shape: [2], p: 1 } },
    { name: "of order 3", inputs: [spread([1, 2, 6])], attributes: { kernel_shape: [3], strides: [3], p: 3 } },
  ],
  { withoutGolden: RARE },
);
