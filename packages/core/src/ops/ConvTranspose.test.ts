import { checkOperator } from "../testing/check-operator.js";

checkOperator("ConvTranspose", [
  { name: "defaults", inputs: [[1, 2, 3, 2], weights(2, 3, 2, 2), weights(3)] },
  {
    name: "stride 2, pads, output_padding",
    inputs: [[1, 2, 3, 3], weights(2, 2, 3, 3)],
    attributes: { strides: [2, 2], pads: [1, 1, 1, 0], output_padding: [1, 0] },
  },
  { name: "2 groups", inputs: [[1, 4, 2, 2], weights(4, 3, 2, 2)], attributes: { group: 2, strides: [1, 2] } },
  { name: "dilation 2", inputs: [[1, 2, 3, 3], weights(2, 1, 2, 3)], attributes: { dilations: [2, 2] } },
  { name: "by a computed bias", inputs: [[1, 1, 2, 2], weights(1, 2, 2, 2), [2]] },
]);

/** Gradients by the weights too. */
function weights(...dims: number[]) {
  return dims;
}
