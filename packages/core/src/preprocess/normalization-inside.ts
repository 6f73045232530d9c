import { channelAxisOf } from "../channel-axis.js";
import type { Classifier } from "../classifier.js";
import { LimnError } from "../error.js";
import { Graph, type Node, type Value } from "../graph/graph.js";
import { cast, expand, slice } from "../graph/math.js";
import { graft } from "../graph/rewrite.js";
import { isFloat } from "../graph/tensor.js";
import { withSession } from "../onnx/open-session.js";
import { holdsWeights } from "../ops/operator.js";
import { factOf, knownOperator } from "../ops/registry.js";
import { cutValues, pathBetween } from "../path.js";
import type { Runtime } from "../session.js";
import type { ImageInput } from "./image-input.js";
import type { Preprocessing } from "./preprocessing.js";
import { type PresetName, preset, presetsFor } from "./presets.js";

/**
 * What a network does to its pixels before its first layer:
 *
 *   x' = scale x + shift,   one scale and one shift for each channel of the input
 */
export interface NormalizationInside {
  readonly scale: readonly number[];
  readonly shift: readonly number[];
  /** The nodes that do it, in order. */
  readonly nodes: readonly Node[];
}

/**
 * Finds the normalization that is a part of the network: subtractions, divisions, products and sums by constants, a batch
 * normalization, in whatever form and layout. What lies between the image and its first layer is run on pictures of one
 * color each, so that no way of writing it has to be known.
 * @returns undefined where there is none, as in most files
 */
export async function normalizationInside(
  classifier: Pick<Classifier, "image" | "logits" | "model" | "weights">,
  runtime: Runtime,
): Promise<NormalizationInside | undefined> {
  const { image, logits, model } = classifier;
  const path = pathBetween(image, logits);
  const first = path.findIndex(isLayer);
  const before = new Set(path.slice(0, Math.max(0, first)));
  const reached = [...cutValues(image, path)].filter(
    (value) => value.producer && before.has(value.producer) && isPicture(value),
  );
  if (reached.length === 0 || !isPicture(image)) return undefined;
  const seen = await seenAt(reached, classifier, runtime).catch((error: unknown) => {
    // what does not run alone tells nothing; the whole model may run
    if (error instanceof LimnError) return undefined;
    throw error;
  });
  // the last value that is still a picture with other numbers
  for (const [i, value] of seen ? [...reached.entries()].reverse() : []) {
    const affine = affineBy(seen?.[i] as number[][]);
    if (!affine) continue;
    const isIdentity = affine.scale.every((a) => a === 1) && affine.shift.every((b) => b === 0);
    return isIdentity ? undefined : { ...affine, nodes: model.graph.ancestors([value]).filter((n) => before.has(n)) };
  }
  return undefined;
}

/**
 * What pictures of one color become on their way into the network.
 * @returns for each value, and for black, each channel alone and white: the channels of the pixel in the middle
 */
async function seenAt(
  values: readonly Value[],
  { image, model, weights }: Pick<Classifier, "image" | "model" | "weights">,
  runtime: Runtime,
): Promise<number[][][]> {
  const axis = channelAxisOf(image);
  const channels = image.dims[axis] as number;
  const graph = new Graph(model.graph.operators);
  const color = graph.addInput(
    "color",
    "float32",
    image.dims.map((_, i) => (i === axis ? channels : 1)),
  );
  const picture = expand(cast(color, image.dtype ?? "float32"), image.dims);
  const names = values.map((value, i) => {
    const made = graft(value, new Map([[image, picture]]), graph, `step${i}`);
    graph.addOutputNamed(`made${i}`, cast(middleOf(made), "float32"));
    return `made${i}`;
  });
  const oneHot = Array.from({ length: channels }, (_, c) => Array.from({ length: channels }, (_, k) => +(k === c)));
  const colors = [new Array<number>(channels).fill(0), ...oneHot, new Array<number>(channels).fill(255)];
  const seen = values.map((): number[][] => []);
  await withSession({ ...model, graph }, runtime, { weights, optimize: "none" }, async (session) => {
    for (const numbers of colors) {
      const feeds = { [color.name]: { dtype: "float32", dims: color.dims, data: Float32Array.from(numbers) } } as const;
      const results = await session.run(feeds, names);
      seen.forEach((rows, i) => {
        rows.push(Array.from(results[names[i] as string]?.data ?? [], Number));
      });
    }
  });
  return seen;
}

/** Whether a node is of the network proper: it has weights that mix pixels or channels, or pools. */
function isLayer(node: Node): boolean {
  const operator = knownOperator(node);
  return operator === undefined || holdsWeights(operator) || factOf(node, "layout") === "pools";
}

const isPicture = (value: Value): boolean =>
  isFloat(value.dtype) && value.shape?.length === 4 && [1, 3].includes(value.shape[channelAxisOf(value)] as number);

/** The pixel in the middle of the first picture: what is padded at the edges is not seen there. */
const middleOf = (pictures: Value): Value =>
  slice(
    pictures,
    pictures.dims.flatMap((size, axis) => {
      const start = axis === 0 ? 0 : Math.floor(size / 2);
      return axis === channelAxisOf(pictures) ? [] : [{ axis, start, end: start + 1 }];
    }),
  );

/**
 * Scale and shift for each channel of the input; undefined if the numbers are not made so. The channels may come out in
 * another order.
 * @param seen for black, each channel alone and white: the values that come out, one for each channel
 */
function affineBy(seen: readonly (readonly number[])[]): Pick<NormalizationInside, "scale" | "shift"> | undefined {
  const [black, ...rest] = seen as [readonly number[], ...number[][]];
  const white = rest.pop() as number[];
  const slopes = rest.map((row) => row.map((v, k) => v - (black[k] as number)));
  // each channel that comes out is made of one that went in
  const makes = slopes.map((row) => row.findIndex((v) => Math.abs(v) > 1e-7));
  const isAlone = slopes.every((row, c) => row.every((v, k) => k === makes[c] || Math.abs(v) <= 1e-7));
  if (black.length !== slopes.length || !isAlone || new Set(makes).size !== makes.length || makes.includes(-1))
    return undefined;
  const of = (row: readonly number[]) => makes.map((k) => row[k] as number);
  const shift = of(black);
  // over the whole range, float32 keeps more digits of the scale than over one step
  const scale = of(white).map((v, c) => (v - (shift[c] as number)) / 255);
  const straight = scale.every((a, c) => {
    const slope = slopes[c]?.[makes[c] as number] as number;
    return Math.abs(a - slope) <= 1e-3 * Math.abs(a) + 1e-5;
  });
  return straight && scale.every((a) => a > 0) ? { scale, shift } : undefined;
}

/** What must come in so that a network's own normalization makes of it what networks are trained on. */
export interface ImpliedPreprocessing {
  readonly preset: PresetName;
  /** Of the input's own channel order: "bgr" if the means inside are in the order blue, green, red. */
  readonly preprocessing: Preprocessing;
  /** The preset that both together make, if it is one. */
  readonly makes: PresetName | undefined;
}

/**
 * What follows from a normalization inside a network for the preprocessing outside: the preset that together with it makes
 * another preset, such as `raw` and (x - 127.5) / 127.5, which make `tf`; else the one of 0 to 255 and 0 to 1 after which
 * the numbers are of the size and spread that layers take.
 * @returns undefined where nothing follows
 */
export function impliedPreprocessing(
  inside: Pick<NormalizationInside, "scale" | "shift">,
  input: ImageInput,
): ImpliedPreprocessing | undefined {
  const { scale, shift } = inside;
  const known = presetsFor(input);
  for (const channels of input.channels === 1 ? (["gray"] as const) : (["rgb", "bgr"] as const)) {
    for (const name of known) {
      const outside = preset(name, input);
      // what is different for red and blue has an order of its own
      if (outside.mean.length > 1 && outside.channels !== channels) continue;
      const together = boundsOf(outside, channels).map(([low, high], c) => {
        const after = (v: number) => (scale[c] as number) * v + (shift[c] as number);
        return [after(low), after(high)] as const;
      });
      const isSame = (other: PresetName) =>
        boundsOf(preset(other, input), channels).every(([low, high], c) => {
          const [l, h] = together[c] as readonly [number, number];
          return Math.abs(l - low) + Math.abs(h - high) <= SAME * (high - low);
        });
      const makes = known.find((other) => other !== name && isSame(other));
      if (makes) return { preset: name, preprocessing: { ...outside, channels }, makes };
    }
  }
  const usable = (["raw", "unit"] as const).filter((name) => {
    const { low, high } = rangeOf(boundsOf(preset(name, input), "rgb"), inside);
    const largest = Math.max(Math.abs(low), Math.abs(high));
    const spread = (high - low) / largest;
    return spread >= WIDE && SIZES.some(([least, most]) => largest >= least && largest <= most);
  });
  const [name, ...others] = usable;
  if (!name || others.length > 0) return undefined;
  return { preset: name, preprocessing: preset(name, input), makes: undefined };
}

/** How far two normalizations may be apart, as a share of their range: 127.5 and 128 are the same. */
const SAME = 0.03;

/** The largest numbers that layers are trained on: about 1 to 10, or some 100 where only the mean is subtracted. */
const SIZES = [
  [0.4, 16],
  [60, 280],
] as const;

/** Numbers that differ by less than this share of their size hold no picture. */
const WIDE = 0.5;

/** What black and white become, for each channel in the given order. */
function boundsOf(
  { rescale, mean, std, channels: own }: Preprocessing,
  order: Preprocessing["channels"],
): [low: number, high: number][] {
  const count = order === "gray" ? 1 : 3;
  const inOrder = (numbers: readonly number[]): readonly number[] => {
    const all = Array.from({ length: count }, (_, c) => numbers[numbers.length === 1 ? 0 : c] as number);
    return own === order ? all : all.reverse();
  };
  const [m, s] = [inOrder(mean), inOrder(std)];
  return m.map((offset, c) => {
    const at = (v: number) => (rescale * v - offset) / (s[c] as number);
    return [at(0), at(255)];
  });
}

function rangeOf(
  bounds: readonly (readonly [number, number])[],
  { scale, shift }: Pick<NormalizationInside, "scale" | "shift">,
) {
  const after = scale.map((a, c) =>
    (bounds[bounds.length === 1 ? 0 : c] as readonly [number, number]).map((v) => a * v + (shift[c] as number)),
  );
  return {
    low: Math.min(...after.map(([low]) => low as number)),
    high: Math.max(...after.map(([, high]) => high as number)),
  };
}
