import { checkOperator, type OperatorCase, RARE } from "../testing/check-operator.js";

/** Positions within and beyond the picture, away from those where the pixels that are read change. */
const grid = {
  dims: [1, 2, 4, 2],
  data: [-0.83, -0.61, 0.27, 0.09, -0.13, 0.71, 0.93, -0.37, 1.13, 0.21, -1.21, 0.43, 0.17, -1.43, 2.31, 1.57],
};
/** The same in a volume. */
const places = {
  dims: [1, 1, 1, 4, 3],
  data: [-0.83, -0.61, 0.27, 0.09, -0.13, 0.71, 0.93, -1.37, 0.13, 0.21, -0.21, 1.43],
};

const everyForm = (what: string, modes: readonly string[], inputs: OperatorCase["inputs"]) =>
  modes.flatMap((mode) =>
    ["zeros", "border", "reflection"].flatMap((padding_mode) =>
      [0, 1].map(
        (align_corners): OperatorCase => ({
          name: `${what}, ${mode}, ${padding_mode}, align_corners ${align_corners}`,
          inputs,
          attributes: { mode, padding_mode, align_corners },
        }),
      ),
    ),
  );

checkOperator(
  "GridSample",
  [
    ...everyForm("picture", ["linear", "nearest", "cubic"], [[1, 2, 4, 5], grid]),
    ...everyForm("volume", ["linear", "nearest"], [[1, 2, 3, 4, 5], places]),
  ],
  { withoutGolden: RARE },
);
