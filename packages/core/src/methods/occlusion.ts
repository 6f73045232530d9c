import * as v from "valibot";
import type { Value } from "../graph/graph.js";
import { counted } from "../graph/interpolation.js";
import {
  add,
  and,
  cast,
  div,
  greaterOrEqual,
  less,
  matmul,
  max,
  min,
  mul,
  reshape,
  sub,
  transpose,
  unsqueeze,
} from "../graph/math.js";
import type { Size } from "../graph/tensor.js";
import { option } from "../option.js";
import { baselineOf, baselineOption } from "./baseline.js";
import { defineIteratedMethod } from "./define.js";
import { pictureSize, samplesOf, stepsFor, zeros } from "./samples.js";

/** How many windows fit along the shorter side by default. */
const SHARE = 7;

/** In pixels. */
const WIDTH = v.pipe(v.number(), v.integer(), v.minValue(1));

const options = v.object({
  window: option(
    WIDTH,
    undefined,
    `side of the hidden square, in pixels of the model's input (default: the shorter side / ${SHARE})`,
  ),
  stride: option(WIDTH, undefined, "how far it moves, in pixels (default: half the window)"),
  baseline: baselineOption("zero"),
  score: option(
    v.picklist(["logit", "probability"]),
    "logit",
    "what is compared: the logit, which does not saturate, or the probability",
  ),
});

/**
 * Occlusion (Zeiler & Fergus 2014), sec. 4.2: how much the score falls when a square of the picture is hidden, averaged
 * over all squares that cover a pixel.
 *
 *   M_p = mean over windows w with p in w of ( y_c(I) - y_c(I with w hidden) )
 */
export const occlusion = defineIteratedMethod({
  name: "occlusion",
  summary: "how much the score falls where a square of the picture is hidden; needs no gradients",
  source: "Zeiler & Fergus 2014, sec. 4.2",
  family: "hiding parts",
  table: { runs: "169", aboutClass: "yes", needs: "nothing but scores" },
  usesLayer: false,
  options,
  signed: () => true,
  steps({ image, channelAxis, batch }, options) {
    const [rows, columns] = windowsOf(pictureSize(image, channelAxis), options);
    return stepsFor(rows.count * columns.count, { batch });
  },
  begin(context, options) {
    const { image, channelAxis } = context;
    const map = zeros(image, pictureSize(image, channelAxis));
    const { score, probability } = context.classify(image);
    return {
      baseline: baselineOf(context, options.baseline),
      whole: options.score === "logit" ? score : probability,
      falls: map,
      covered: map,
    };
  },
  step(context, { baseline, whole, falls, covered }, options) {
    const { image, channelAxis, classify } = context;
    const [rows, columns] = windowsOf(pictureSize(image, channelAxis), options);
    const { index, live } = samplesOf(context, rows.count * columns.count);
    const y = covering(rows, div(index, columns.count));
    const x = covering(columns, sub(index, mul(div(index, columns.count), columns.count)));
    const hidden = unsqueeze(mul(unsqueeze(y, [2]), unsqueeze(x, [1])), [channelAxis]);
    const { score, probability } = classify(add(image, mul(hidden, sub(baseline, image))));
    const fall = sub(whole, options.score === "logit" ? score : probability);
    const spread = (w: Value) => matmul(transpose(mul(y, unsqueeze(w, [1])), [1, 0]), x);
    return { falls: add(falls, spread(mul(fall, live))), covered: add(covered, spread(live)) };
  },
  end: (_, { falls, covered }) => unsqueeze(div(falls, max(covered, 1)), [0]),
});

/** The windows along one axis, in pixels. */
interface Windows {
  readonly length: number;
  readonly size: number;
  readonly stride: number;
  readonly count: number;
}

function windowsOf([height, width]: Size, given: v.InferOutput<typeof options>): [rows: Windows, columns: Windows] {
  const window = given.window ?? Math.max(1, Math.round(Math.min(height, width) / SHARE));
  const stride = given.stride ?? Math.max(1, Math.round(window / 2));
  const along = (length: number): Windows => {
    const size = Math.min(window, length);
    return { length, size, stride, count: Math.ceil((length - size) / stride) + 1 };
  };
  return [along(height), along(width)];
}

/**
 * 1 at the pixels that a window covers, 0 elsewhere; the last one lies at the border.
 * @param index int64 [batch]
 * @returns float32 [batch, length]
 */
function covering({ length, size, stride }: Windows, index: Value): Value {
  const start = unsqueeze(cast(min(mul(index, stride), length - size), "float32"), [1]);
  const pixels = reshape(counted(index, length), [1, length]);
  return cast(and(greaterOrEqual(pixels, start), less(pixels, add(start, size))), "float32");
}
