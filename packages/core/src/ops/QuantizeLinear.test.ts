import { checkStraightThrough } from "../testing/check-straight-through.js";

checkStraightThrough("QuantizeLinear", [
  { name: "a range on both sides of 0", x: [2, 9], scale: [0.008], zero: [128] },
  { name: "a range on both sides of 0, of signed integers", x: [2, 9], scale: [0.008], zero: [0], dtype: "int8" },
  { name: "a range from 0 on, which stands for a ReLU", x: [2, 9], scale: [0.004], zero: [0], passes: (x) => x > 0 },
  { name: "the same, without a zero point", x: [2, 9], scale: [0.004], passes: (x) => x > 0 },
  {
    name: "the same, of signed integers, and to 0.5, as for a ReLU6",
    x: [2, 19],
    scale: [0.5 / 255],
    zero: [-128],
    dtype: "int8",
    passes: (x) => x > 0 && x < 0.501,
  },
  {
    name: "a scale for each channel",
    x: [2, 3, 5],
    scale: [0.004, 0.005, 0.006],
    zero: [0, 0, 0],
    passes: (x) => x > 0,
  },
]);
