import {
  blankPicture,
  type Grid,
  type HiddenScores,
  imageInput,
  loadForBatch,
  type MapPlacer,
  masksInOrder,
  PictureHider,
  type Runtime,
  type TensorValue,
} from "@limn/core";
import type { Call, CurveStep, Curves, HideBy } from "./engine.js";
import type { PreparedPicture } from "./explain.js";
import type { OpenModel } from "./open-model.js";

/** What hides parts of one picture in each run, as a brush does, or of as many as fit, for curves. */
export async function hiderFor(
  { classifier, reload }: OpenModel,
  runtime: Runtime,
  pictures: "one" | "many",
): Promise<PictureHider> {
  const batched = pictures === "many" ? await loadForBatch(classifier, reload) : undefined;
  return PictureHider.create(batched ?? classifier, runtime);
}

/** Gray in 8 bits. */
const GRAY = 128;

/** What takes the place of what is hidden, as the model takes it. */
export async function blankFor(
  { preprocessor, classifier }: OpenModel,
  { tensor }: PreparedPicture,
  by: Exclude<HideBy, object>,
  runtime: Runtime,
): Promise<TensorValue> {
  if (by !== "gray") return blankPicture(tensor, by, runtime);
  const { width, height } = imageInput(classifier.image.name, classifier.image.dims);
  const gray = { width, height, rgb: new Uint8Array(width * height * 3).fill(GRAY) };
  const made = await preprocessor?.run(gray);
  return made?.tensor ?? tensor;
}

/**
 * A mask of the picture as one of the model's input.
 * @param mask it covers the whole picture
 * @param picture its size in pixels
 * @returns [height, width] of the input, 0 beyond the picture
 */
export async function maskInView(
  mask: Grid,
  picture: { readonly width: number; readonly height: number },
  { view }: PreparedPicture,
  size: readonly [height: number, width: number],
  placer: MapPlacer,
): Promise<Float32Array> {
  const [height, width] = size;
  const [x, y] = [width / view.width, height / view.height];
  // the picture as it lies over the input, of which it may cover more or less than all
  const whole = { x: -view.x * x, y: -view.y * y, width: picture.width * x, height: picture.height * y };
  const { data } = await placer.place(mask, whole, { width, height });
  return data.map((v) => (Number.isNaN(v) ? 0 : v));
}

/** Into how many equal parts the curves divide the picture. */
const STEPS = 16;

const SHARES = Array.from({ length: STEPS + 1 }, (_, k) => k / STEPS);

/** The seed of the random order. */
const SEED = 0;

/**
 * How the score of a class changes as the picture disappears, and appears, in the order of a map and of a random one: see
 * `Measurer` for the same of whole data sets.
 */
export async function curvesOf(
  map: Grid,
  target: number,
  { image, blank }: { readonly image: TensorValue; readonly blank: TensorValue },
  { hider, runtime }: { readonly hider: PictureHider; readonly runtime: Runtime },
  { signal, onStep }: Call<CurveStep>,
): Promise<Curves> {
  const parts = [
    ...SHARES.map((share) => ({ from: 0, to: share })),
    ...SHARES.map((share) => ({ from: share, to: 1 })),
  ];
  const total = 2 * parts.length;
  const before: number[] = [];
  const withThese = (scores: readonly HiddenScores[]) => [
    ...before,
    ...scores.map(({ probabilities }) => probabilities[target] as number),
  ];
  for (const order of [map, SEED]) {
    const masks = await masksInOrder(order, hider.size, parts, runtime);
    const scores = await hider.classify(image, blank, masks, (some) => {
      signal?.throwIfAborted();
      const all = withThese(some);
      onStep?.({ doing: "hiding parts", done: all.length, total, curves: curvesIn(all) });
    });
    before.push(...withThese(scores).slice(before.length));
  }
  return curvesIn(before);
}

/** @param scores of deletion and insertion by the map, then by the random order */
function curvesIn(scores: readonly number[]): Curves {
  const [deletion, insertion, randomDeletion, randomInsertion] = [0, 1, 2, 3].map((k) =>
    scores.slice(k * SHARES.length, (k + 1) * SHARES.length),
  ) as [number[], number[], number[], number[]];
  return { shares: SHARES, deletion, insertion, randomDeletion, randomInsertion };
}
