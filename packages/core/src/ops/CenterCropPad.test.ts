import { stored } from "../testing/cases.js";
import { checkOperator, RARE } from "../testing/check-operator.js";

const shape = (...sizes: number[]) => stored("int64", [sizes.length], sizes);

checkOperator(
  "CenterCropPad",
  [
    { name: "cropped and padded by odd numbers", inputs: [[5, 4], shape(2, 7)] },
    { name: "some axes", inputs: [[1, 2, 5, 3], shape(3, 6)], attributes: { axes: [2, 3] } },
  ],
  { withoutGolden: RARE },
);
