import { checkOperator } from "../testing/check-operator.js";

/** A picture whose values all differ by more than the step of the finite differences. */
function distinct(...dims: number[]) {
  const size = dims.reduce((product, d) => product * d, 1);
  return { dims, data: Array.from({ length: size }, (_, i) => ((i * 37) % 101) / 50 - 1) };
}

checkOperator("MaxPool", [
  { name: "tiles", inputs: [distinct(2, 2, 4, 6)], attributes: { kernel_shape: [2, 3], strides: [2, 3] } },
  {
    name: "tiles, one column left over",
    inputs: [distinct(1, 2, 5, 4)],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  },
  {
    name: "tiles, pads",
    inputs: [distinct(1, 2, 4, 5)],
    attributes: { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 1, 1, 0] },
  },
  {
    name: "tiles, ceil_mode",
    inputs: [distinct(1, 2, 5, 3)],
    attributes: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 },
  },
  { name: "overlapping", inputs: [distinct(2, 2, 5, 5)], attributes: { kernel_shape: [3, 3], strides: [2, 2] } },
  {
    name: "overlapping, pads, ceil_mode",
    inputs: [distinct(1, 2, 6, 5)],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 },
  },
  { name: "dilation 2", inputs: [distinct(1, 1, 5, 6)], attributes: { kernel_shape: [2, 3], dilations: [2, 2] } },
  {
    name: "stride wider than the kernel",
    inputs: [distinct(1, 2, 8)],
    attributes: { kernel_shape: [2], strides: [3] },
  },
  { name: "3-D", inputs: [distinct(1, 1, 4, 2, 4)], attributes: { kernel_shape: [2, 2, 2], strides: [2, 2, 2] } },
]);
