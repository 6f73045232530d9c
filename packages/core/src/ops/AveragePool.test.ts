import { checkOperator } from "../testing/check-operator.js";

checkOperator("AveragePool", [
  { name: "tiles", inputs: [[2, 2, 4, 6]], attributes: { kernel_shape: [2, 3], strides: [2, 3] } },
  {
    name: "tiles, one column left over",
    inputs: [[1, 1, 5, 4]],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  },
  {
    name: "tiles, pads not counted",
    inputs: [[1, 1, 4, 5]],
    attributes: { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 1, 1, 0] },
  },
  {
    name: "tiles, ceil_mode",
    inputs: [[1, 1, 5, 3]],
    attributes: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 },
  },
  { name: "one window over everything", inputs: [[1, 2, 3, 2]], attributes: { kernel_shape: [3, 2] } },
  {
    name: "stride 1, pads not counted",
    inputs: [[1, 2, 4, 4]],
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
  },
  {
    name: "stride 1, pads counted",
    inputs: [[1, 1, 4, 5]],
    attributes: { kernel_shape: [3, 2], pads: [1, 0, 2, 1], count_include_pad: 1 },
  },
  { name: "stride 1, dilation 2", inputs: [[1, 1, 5, 4]], attributes: { kernel_shape: [2, 2], dilations: [2, 1] } },
  {
    name: "overlapping, ceil_mode, pads counted",
    inputs: [[1, 2, 6, 5]],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 0, 0, 1], ceil_mode: 1, count_include_pad: 1 },
  },
  { name: "stride wider than the kernel", inputs: [[1, 1, 8]], attributes: { kernel_shape: [2], strides: [3] } },
]);
