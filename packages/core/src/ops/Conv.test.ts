import { checkOperator } from "../testing/check-operator.js";

checkOperator("Conv", [
  { name: "same pads", inputs: [[1, 2, 4, 5], weights(3, 2, 3, 3), weights(3)], attributes: { pads: [1, 1, 1, 1] } },
  { name: "1x1 kernel", inputs: [[2, 3, 2, 2], weights(2, 3, 1, 1)] },
  {
    name: "1x1 kernel, stride 2, one column left over",
    inputs: [[1, 2, 4, 4], weights(2, 2, 1, 1)],
    attributes: { strides: [2, 2] },
  },
  { name: "2 groups", inputs: [[1, 4, 3, 3], weights(6, 2, 2, 2)], attributes: { group: 2 } },
  {
    name: "2 groups, stride 2",
    inputs: [[1, 4, 4, 4], weights(2, 2, 2, 2)],
    attributes: { group: 2, strides: [2, 2] },
  },
  { name: "depthwise", inputs: [[1, 3, 4, 4], weights(3, 1, 3, 3)], attributes: { group: 3, pads: [1, 1, 1, 1] } },
  { name: "depthwise, 2 outputs a channel", inputs: [[1, 2, 3, 3], weights(4, 1, 2, 2)], attributes: { group: 2 } },
  { name: "dilation 2", inputs: [[1, 1, 5, 6], weights(2, 1, 2, 3)], attributes: { dilations: [2, 2] } },
  { name: "asymmetric pads", inputs: [[1, 2, 4, 3], weights(2, 2, 3, 2)], attributes: { pads: [0, 1, 2, 0] } },
  { name: "pads beyond the kernel", inputs: [[1, 2, 3, 3], weights(2, 2, 2, 1)], attributes: { pads: [2, 1, 3, 0] } },
  {
    name: "stride 2 and dilation 2, two columns left over",
    inputs: [[1, 1, 8, 6], weights(2, 1, 3, 2)],
    attributes: { strides: [2, 3], dilations: [2, 2], pads: [1, 0, 0, 1] },
  },
  { name: "stride along one axis", inputs: [[1, 2, 5, 4], weights(2, 2, 3, 3)], attributes: { strides: [1, 2] } },
  { name: "1-D", inputs: [[2, 2, 6], weights(3, 2, 3), weights(3)], attributes: { pads: [2, 0] } },
  { name: "1-D, stride 3", inputs: [[1, 2, 9], weights(2, 2, 3)], attributes: { strides: [3], pads: [1, 0] } },
  { name: "3-D", inputs: [[1, 1, 3, 3, 2], weights(2, 1, 2, 2, 2)], attributes: { pads: [1, 0, 0, 0, 0, 0] } },
  { name: "by a computed bias", inputs: [[1, 1, 3, 3], weights(2, 1, 2, 2), [2]] },
]);

/** Gradients by the weights too. */
function weights(...dims: number[]) {
  return dims;
}
