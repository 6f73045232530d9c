import type { Value } from "../graph/graph.js";
import { counted, interpolated } from "../graph/interpolation.js";
import { div, exp, mul, square, sub, sum, transpose, unsqueeze } from "../graph/math.js";
import { BASELINES, baselineOf } from "../methods/baseline.js";
import { pictureSize } from "../methods/samples.js";
import type { InputRange } from "../relevance/input-range.js";

/**
 * What a mask puts in the place of the pixels that it hides.
 *
 *   black  the darkest picture: the mask multiplies the raw pixels. The same as zero if the preprocessing is not known
 *   zero   0 after the preprocessing: the mask multiplies the preprocessed picture
 *   mean   the picture's mean color
 *   blur   the picture, blurred by a Gaussian whose deviation is 5/224 of its sides, as in RISE's insertion
 */
export const BLANKS = [...BASELINES, "blur"] as const;

/** A name of `BLANKS`. */
export type Blank = (typeof BLANKS)[number];

export interface Pictures {
  /** [N, C, H, W] or [N, H, W, C] */
  readonly image: Value;
  readonly channelAxis: number;
  /** The lowest and highest possible value of the image, if they are known. */
  readonly range: InputRange | undefined;
}

/** The pixels of a blank. @returns in the image's shape */
export function blankOf(pictures: Pictures, kind: Blank): Value {
  return kind === "blur" ? blurred(pictures) : baselineOf(pictures, kind);
}

/** Deviation of the Gaussian as a fraction of the picture's side: 5 pixels of 224 (Petsiuk et al. 2018). */
const DEVIATION = 5 / 224;

function blurred({ image, channelAxis }: Pictures): Value {
  const [height, width] = pictureSize(image, channelAxis);
  const planar = channelAxis === 1 ? image : transpose(image, [0, 3, 1, 2]);
  const blur = interpolated(planar, gaussian(image, height), gaussian(image, width));
  return channelAxis === 1 ? blur : transpose(blur, [0, 2, 3, 1]);
}

/**
 * The matrix of a blur along rows of n pixels; at the ends, only pixels inside the row count.
 *
 *   W_ij = exp(-(i - j)^2 / (2 s^2)) / sum_j exp(-(i - j)^2 / (2 s^2))        s = 5 n / 224
 */
function gaussian(like: Value, n: number): Value {
  const i = counted(like, n);
  const distance = sub(unsqueeze(i, [1]), i);
  const weights = exp(mul(square(distance), -1 / (2 * (DEVIATION * n) ** 2)));
  return div(weights, sum(weights, [1]));
}
