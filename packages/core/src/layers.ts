import { channelAxisOf } from "./channel-axis.js";
import type { Classifier } from "./classifier.js";
import { LimnError } from "./error.js";
import type { Node, Value } from "./graph/graph.js";
import { isFloat, type Shape, sizeOf } from "./graph/tensor.js";
import { holdsWeights, type LayoutPassing, linearForm } from "./ops/operator.js";
import { RANGES } from "./ops/quantization.js";
import { factOf, knownOperator } from "./ops/registry.js";
import { cutValues, pathBetween } from "./path.js";
import { gridOf, mixesPlaces, type Places, placesOf, type TokenGrid, takesUpPlaces, weighsPlaces } from "./places.js";
import { activatedness } from "./relevance/activated.js";
import { didYouMean } from "./suggest.js";

/** An activation with spatial extent, at which a map can be made. */
export interface Layer {
  readonly value: Value;
  /** The node's name in the user's file. */
  readonly node: string;
  /** The tensor's name in the user's file. */
  readonly tensor: string;
  readonly operator: string;
  /** [N, K, height, width] */
  readonly shape: Shape;
  /**
   * Set if it is a sequence of tokens, or has its channels last: how it lies as [N, K, height, width], and how many tokens it
   * holds that have no place, such as a class token.
   */
  readonly tokens: TokenGrid | undefined;
  /** How deep it lies, 0 to 1: the fraction of the network's layers with weights that lie on the longest way up to it. */
  readonly depth: number;
  /**
   * The name of its stage, `stem` or `stage1` and so on, if it is the layer that stands for the stage: the last
   * activation of its resolution that every path through the network passes.
   */
  readonly stage: string | undefined;
  /** Whether `last` means it: the layer that methods take if none is named. Of several layers, one is. */
  readonly isDefault: boolean;
  /** Whether its values have both signs, as those of linear layers and normalizations do, and not those of activations. */
  readonly signed: boolean;
  /**
   * Whether the score can depend on each of its places. It can't on those of tokens downstream of the last attention of a network
   * that classifies by its class token.
   */
  readonly reached: boolean;
}

/** Operators that give the layout [N, channels, ...spatial], and those that pass on their input's. */
const MAKING: ReadonlySet<LayoutPassing> = new Set(["spatial", "pools"]);
const HANDING_ON: ReadonlySet<LayoutPassing> = new Set(["keeps", "moves", "copies"]);

/** Operators that only move numbers. */
const MOVING: ReadonlySet<LayoutPassing> = new Set(["reshapes", "permutes", "moves", "copies"]);

/** Operators whose output is not a layer, only a step towards the next one. */
const STEPS: ReadonlySet<LayoutPassing> = new Set(["pools", "moves", "copies"]);

/** The spatial activations of a classifier, in order from the image to the logits. */
export function layersOf(classifier: Classifier): Layer[] {
  const { image, logits, grid } = classifier;
  const path = pathBetween(image, logits);
  const depths = depthsOf(path);
  const spatial = spatialValues(path, image, depths);
  const total = Math.max(1, ...depths.values());
  const places = placesOf(image, grid);
  const tokens = tokenValues(path, image, { depths, spatial, places });
  const { cuts, reached } = bottlenecksAmong(path, image, { tokens, places });
  const grids = gridsAmong(spatial, path, image, cuts);
  const sizes = new Map([
    ...[...grids].map((value) => [value, value.dims.slice(2)] as const),
    ...[...tokens].flatMap(([value, { shape }]) => (reached.has(value) ? [[value, shape.slice(2)] as const] : [])),
  ]);
  const stages = stagesOf(path, { sizes, tokens, cuts, places });
  const names = userNames(classifier);
  const isActivated = activatedness(image.graph.dependents([image]));
  const last = path.flatMap(outputsOf).findLast((value) => stages.has(value));
  const usual =
    last && activationBefore(last, { depths, total, isActivated, isGrid: (v) => grids.has(v) && cuts.has(v) });

  return path.flatMap((node) =>
    outputsOf(node).flatMap((value) => {
      const laid = tokens.get(value);
      // a copy is the layer that it copies
      if (!(spatial.has(value) || laid) || !isFloat(value.dtype) || layoutOf(node) === "copies") return [];
      return [
        {
          value,
          node: node.name,
          tensor: names.get(value) ?? value.name,
          operator: node.opType,
          shape: laid?.shape ?? value.dims,
          tokens: laid,
          depth: (depths.get(node) ?? 0) / total,
          stage: stages.get(value),
          isDefault: value === usual,
          signed: !isActivated(value),
          reached: !laid || reached.has(value),
        },
      ];
    }),
  );
}

/** The layers that every path from image to logits passes, in order: if one is dead, all downstream of it is. */
export function bottlenecksOf({ image, logits, grid }: Classifier): Value[] {
  const path = pathBetween(image, logits);
  const depths = depthsOf(path);
  const spatial = spatialValues(path, image, depths);
  const tokens = tokenValues(path, image, { depths, spatial, places: placesOf(image, grid) });
  return [...cutValues(image, path)].filter((value) => spatial.has(value) || tokens.has(value));
}

/**
 * Finds the layer that an option means.
 * @param choice `last`, an index into the list from either end (`0`, `-1`), a stage (`stage3`, `stem`), or the name of
 *   a node or tensor, tried in this order
 * @throws LimnError `bad-option` with near matches, or `not-applicable` if the model has no spatial activation
 */
export function findLayer(
  classifier: Classifier,
  choice: string,
  layers: readonly Layer[] = layersOf(classifier),
): Layer {
  if (layers.length === 0) {
    throw new LimnError(
      "not-applicable",
      `${whyNoLayers(classifier)}; use a method that needs no layer, such as saliency`,
    );
  }
  if (choice === "last") return lastLayer(layers);
  const isIndex = /^-?\d+$/.test(choice);
  const indexed = isIndex && layers.at(Number(choice));
  if (indexed) return indexed;
  const named = layers.find((l) => l.stage === choice) ?? layers.find((l) => l.node === choice || l.tensor === choice);
  if (named) return named;
  const { graph } = classifier.model;
  const value = graph.names.get(choice);
  const aliased = layers.find((l) => l.value === value);
  if (aliased) return aliased;
  const dissolved = graph.dissolved.get(choice);
  if (dissolved) throw new LimnError("bad-option", `layer "${choice}": ${dissolved}`);
  if (value) {
    const shape = value.shape ? `[${value.shape.join(", ")}]` : "a shape that depends on the data";
    throw new LimnError(
      "bad-option",
      `layer "${choice}": its shape is ${shape}, so it is not a spatial activation; choose one that \`limn layers\` lists`,
    );
  }
  if (isIndex) {
    const last = layers.length - 1;
    throw new LimnError(
      "bad-option",
      `there is no layer ${choice}; the model has ${layers.length}: choose 0 to ${last}, or -1 to -${layers.length} to count from the end`,
    );
  }
  const names = ["last", ...layers.flatMap((l) => [l.stage ?? "", l.node, l.tensor]), "stages"].filter(Boolean);
  const advice = [didYouMean(choice, names), "`limn layers` lists all"].filter(Boolean).join(" ");
  throw new LimnError("bad-option", `there is no layer "${choice}"; ${advice}`);
}

/** The last activation with spatial extent before the final pooling. */
const lastLayer = (layers: readonly Layer[]): Layer => (layers.find((l) => l.isDefault) ?? layers.at(-1)) as Layer;

/** If a network goes on from its default layer for more than this share of its depth, the layer knows little of the class. */
const LATE = 0.8;

/**
 * What is to be said before maps at the default layer are looked at; undefined if it is what methods were made for.
 * @param layers those of the classifier
 */
export function cautionOf({ image, logits }: Classifier, layers: readonly Layer[]): string | undefined {
  const layer = layers.length > 0 ? lastLayer(layers) : undefined;
  if (!layer || layer.tokens || layer.depth >= LATE) return undefined;
  const where = `the default layer "${layer.tensor}" lies at ${Math.round(layer.depth * 100)} % of the network's depth`;
  const advice = "use a method without a layer, such as saliency, or choose another layer";
  const tokens = tokensAfter(layer.value, { image, logits });
  if (tokens) return `${where}, the last one with a known grid: what follows, ${tokens}, or ${advice}`;
  return layer.isDefault
    ? undefined
    : `${where} and has a grid of ${layer.shape.slice(2).join("x")} positions; ${advice}`;
}

/** Why a model has no layers. */
export function whyNoLayers({ image, logits }: Pick<Classifier, "image" | "logits">): string {
  const tokens = tokensAfter(image, { image, logits });
  return `the model has no activation with spatial extent${tokens ? `: what follows the image, ${tokens}` : ""}`;
}

/** What is to be said of tokens downstream of a value whose places are not known; undefined if there are none. */
function tokensAfter(value: Value, { image, logits }: Pick<Classifier, "image" | "logits">): string | undefined {
  const after = new Set(image.graph.descendants([value]));
  const mixing = pathBetween(image, logits).find((node) => after.has(node) && mixesTokens(node, image));
  if (!mixing) return undefined;
  const [length, channels] = mixing.output.dims.slice(-2);
  return `from ${mixing.label} on, works on ${length} tokens of ${channels} numbers, and which places of the picture they stand for can't be told; say it with --grid HEIGHT,WIDTH`;
}

/** Whether a layer with weights, or attention, works on many positions of an image that are laid out as a list. */
function mixesTokens(node: Node, image: Value): boolean {
  const operator = knownOperator(node);
  if (!operator || !holdsWeights(operator) || layoutOf(node) !== "ends") return false;
  const [batch = 1] = image.dims;
  const positions = ({ shape }: Value) => (shape ? sizeOf(shape) / (batch * (shape.at(-1) ?? 1)) : 1);
  return isFloat(node.output.dtype) && positions(node.output) > 1;
}

/** @param depths of the path's nodes */
function spatialValues(path: readonly Node[], image: Value, depths: ReadonlyMap<Node, number>): Set<Value> {
  const spatial = new Set<Value>();
  for (const node of path) {
    const layout = layoutOf(node);
    const read = node.inputs.filter((v) => v && spatial.has(v));
    for (const output of outputsOf(node)) {
      const { shape } = output;
      if (!isActivation(output) || !shape || !isOfImages(shape, image) || sizeOf(shape.slice(2)) <= 1) continue;
      const handsOn = HANDING_ON.has(layout) && read.some((v) => v?.rank === shape.length);
      if (MAKING.has(layout) || handsOn) spatial.add(output);
    }
    const pooled = pooledBy(node);
    const before = pooled?.producer && depths.get(pooled.producer);
    if (pooled && before && isOfImages(pooled.dims, image)) spatial.add(pooled);
  }
  return spatial;
}

/**
 * The values that hold a vector for each place of the picture in another layout: sequences of tokens, or channels last; and how
 * they lie as a grid. What only moves the numbers of another value is none of its own.
 */
function tokenValues(
  path: readonly Node[],
  image: Value,
  known: { depths: ReadonlyMap<Node, number>; spatial: ReadonlySet<Value>; places: Places },
): Map<Value, TokenGrid> {
  const [images = 1] = image.dims;
  const tokens = new Map<Value, TokenGrid>();
  for (const node of path) {
    // dense layers work on rows, which are tokens again afterwards
    const rows = layoutOf(node) === "reshapes" && node.inputs[0]?.shape?.length === 2;
    const moves = (MOVING.has(layoutOf(node)) && !rows) || (known.depths.get(node) ?? 0) === 0;
    for (const output of moves ? [] : outputsOf(node).filter((v) => (v.shape?.length ?? 0) > 2)) {
      const axes = known.places.get(output);
      const grid = axes && isFloat(output.dtype) && !known.spatial.has(output) && gridOf(output, axes, images);
      if (grid && grid.shape[2] > 1 && grid.shape[3] > 1) tokens.set(output, grid);
    }
  }
  return tokens;
}

/** Floats, or small integers that stand for them. */
const isActivation = ({ dtype }: Value): boolean => isFloat(dtype) || RANGES[dtype ?? "other"] !== undefined;

/** [N, channels, height, width] of as many images as go in: neither a sequence nor heads or windows in the place of images. */
const isOfImages = (shape: Shape, image: Value): boolean => shape.length === 4 && shape[0] === image.dims[0];

/** What a node pools to one number a channel, so that it is laid out like an activation, whatever came before. */
function pooledBy(node: Node): Value | undefined {
  const [x] = node.inputs;
  const layout = layoutOf(node);
  if ((layout !== "ends" && layout !== "pools") || !isFloat(x?.dtype) || x?.shape?.length !== 4) return undefined;
  const [batch, channels, ...rest] = node.output.shape ?? [];
  const pools = batch === x.shape[0] && channels === x.shape[1] && sizeOf(rest) === 1 && node.output.rank !== 3;
  return pools && x.shape.slice(2).every((d) => d > 1) ? x : undefined;
}

/**
 * Those spatial values whose grid is one of the picture: of more than one row and column, and computed from the image by way
 * of grids, or passed by everything that is. A grid of attention, keys by queries, is none.
 */
function gridsAmong(
  spatial: ReadonlySet<Value>,
  path: readonly Node[],
  image: Value,
  cuts: ReadonlySet<Value>,
): Set<Value> {
  const connected = new Set<Value>([image]);
  for (const node of path) {
    const leads = layoutOf(node) !== "ends" && node.inputs.some((v) => v && connected.has(v));
    if (leads) for (const output of outputsOf(node)) connected.add(output);
    const pooled = pooledBy(node);
    if (pooled) connected.add(pooled);
  }
  const picture = channelAxisOf(image) === 1 ? image.dims.slice(2) : image.dims.slice(1, 3);
  // of a picture that is a line itself, a line is all that there can be
  const isFlat = ({ dims }: Value) => dims.slice(2).includes(1) && !picture.includes(1);
  return new Set([...spatial].filter((value) => !isFlat(value) && (cuts.has(value) || connected.has(value))));
}

interface Surroundings {
  readonly depths: ReadonlyMap<Node, number>;
  readonly total: number;
  readonly isActivated: (value: Value) => boolean;
  readonly isGrid: (value: Value) => boolean;
}

/**
 * The layer itself; or, if it is a projection without an activation (MobileNetV2's linear bottleneck), the activation that
 * it projects. Not for class scores at every position, whose mean the logits are.
 */
function activationBefore(layer: Value, { depths, total, isActivated, isGrid }: Surroundings): Value {
  const node = layer.producer;
  const operator = node && knownOperator(node);
  if (!node || !operator || linearForm(operator)?.kind !== "convolution") return layer;
  if (isActivated(layer) || depths.get(node) === total) return layer;
  let [x] = node.inputs;
  while (x?.producer && layoutOf(x.producer) === "copies") [x] = x.producer.inputs;
  const sameGrid = x?.shape && layer.dims.slice(2).every((d, i) => d === x.shape?.[i + 2]);
  return x && sameGrid && isGrid(x) && isActivated(x) ? x : layer;
}

const outputsOf = (node: Node): Value[] => node.outputs.filter((v) => v !== undefined);

const layoutOf = (node: Node): LayoutPassing => factOf(node, "layout") ?? "ends";

/**
 * The values that everything passes on its way from the image to the logits; of tokens, those that everything passes on its way to
 * the last node that takes up places. What lies between the two kinds of ways, such as a class token's own, is left out.
 */
function bottlenecksAmong(
  path: readonly Node[],
  image: Value,
  { tokens, places }: { tokens: ReadonlyMap<Value, TokenGrid>; places: Places },
): { cuts: Set<Value>; reached: Set<Value> } {
  const all = cutValues(image, path);
  const last = path.findLast((node) => takesUpPlaces(node, places));
  if (tokens.size === 0 || !last) return { cuts: all, reached: new Set() };
  const before = new Set(image.graph.ancestors([last.output]));
  const way = path.filter((node) => before.has(node));
  const cuts = [...all].filter((value) => !tokens.has(value));
  return {
    cuts: new Set([...cuts, ...cutValues(image, way)]),
    reached: new Set(way.flatMap((node) => (node === last ? [] : outputsOf(node)))),
  };
}

/** The number of layers with weights on the longest way up to and including each node. */
function depthsOf(path: readonly Node[]): Map<Node, number> {
  const depths = new Map<Node, number>();
  for (const node of path) {
    let before = 0;
    for (const value of node.reads()) {
      if (value.producer) before = Math.max(before, depths.get(value.producer) ?? 0);
    }
    const operator = knownOperator(node);
    depths.set(node, before + (operator && holdsWeights(operator) ? 1 : 0));
  }
  return depths;
}

/** Whether a node's output is a step, or one that was rounded to integers and is a float again. */
function isStep(node: Node): boolean {
  if (STEPS.has(layoutOf(node))) return true;
  const before = factOf(node, "numbers") === "quantized" ? node.inputs[0]?.producer : undefined;
  if (!before) return false;
  const rounded = factOf(before, "numbers") === "quantized" ? before.inputs[0]?.producer : before;
  return rounded !== undefined && STEPS.has(layoutOf(rounded));
}

/** Whether a node's output is that of a dense layer: of tokens, queries and keys and values, which are no more than a step. */
function isProjection(node: Node): boolean {
  const operator = knownOperator(node);
  return layoutOf(node) === "reshapes" || (operator !== undefined && linearForm(operator)?.kind === "dense");
}

/** What `stagesOf` knows of one stage. */
interface Level {
  /** How many convolutions and attentions it has. */
  mixings: number;
  last: Value | undefined;
  lastCut: Value | undefined;
}

interface Staged {
  /** The size of the grid of each value that may stand for a stage. */
  readonly sizes: ReadonlyMap<Value, Shape>;
  /** Those that are tokens: they stand for a stage only if everything passes them. */
  readonly tokens: ReadonlyMap<Value, TokenGrid>;
  readonly cuts: ReadonlySet<Value>;
  readonly places: Places;
}

/**
 * Names one layer per resolution: `stage1`, `stage2` ... from the image on. If there are three or more and the first
 * has a single convolution and no attention, it is the `stem`, so that a ResNet's stages are its four groups of blocks. In a network whose tokens
 * keep one resolution, each attention begins a new stage: these are `stem`, before the first, and `block1`, `block2` ...
 */
function stagesOf(path: readonly Node[], { sizes, tokens, cuts, places }: Staged): Map<Value, string> {
  const mixing = new Set(path.filter((node) => mixesPlaces(node, places)));
  const weighing = new Set(path.filter((node) => weighsPlaces(node, places)));
  const isOneResolution = mixing.size > 1 && new Set([...sizes.values()].map(String)).size === 1;
  const levels = new Map<string, Level>();
  let blocks = 0;
  let pending = 0;
  for (const node of path) {
    if (mixing.has(node)) {
      blocks++;
      pending++;
    }
    const value = node.output;
    const size = sizes.get(value);
    if (!size) continue;
    const key = isOneResolution ? `${blocks}` : `${size}`;
    const level = levels.get(key) ?? { mixings: 0, last: undefined, lastCut: undefined };
    levels.set(key, level);
    const operator = knownOperator(node);
    level.mixings += pending + (operator && linearForm(operator)?.kind === "convolution" ? 1 : 0);
    pending = 0;
    if (isStep(node) || !isFloat(value.dtype) || (tokens.has(value) && isProjection(node))) continue;
    if (!tokens.has(value)) level.last = value;
    if (cuts.has(value)) level.lastCut = value;
  }
  const named = [...levels.values()].flatMap(({ mixings, last, lastCut }) => {
    // attention may reduce its keys and values to a grid that nothing else has
    const value = lastCut ?? (last && !isOnlyAttended(last, weighing, cuts) ? last : undefined);
    return value ? [{ value, mixings, at: path.indexOf(value.producer as Node) }] : [];
  });
  // attention may reduce its keys to a grid that is a later stage's
  named.sort((a, b) => a.at - b.at);
  const [first] = named;
  const hasStem = isOneResolution || (first && named.length > 2 && first.mixings < 2);
  const name = (i: number) =>
    i === 0 && hasStem ? "stem" : `${isOneResolution ? "block" : "stage"}${i + (hasStem ? 0 : 1)}`;
  return new Map(named.map(({ value }, i) => [value, name(i)]));
}

/** Whether a value goes on by nothing but attention: past it, nothing leads to what everything passes. */
function isOnlyAttended(value: Value, weighing: ReadonlySet<Node>, cuts: ReadonlySet<Value>): boolean {
  if (weighing.size === 0) return false;
  const consumers = value.graph.consumers();
  const seen = new Set([value]);
  for (const reached of seen) {
    if (reached !== value && (cuts.has(reached) || value.graph.outputs.includes(reached))) return false;
    for (const node of consumers.get(reached) ?? []) {
      if (!weighing.has(node)) for (const output of outputsOf(node)) seen.add(output);
    }
  }
  return true;
}

/** The tensor name that the user's file has for each value. */
export function userNames({ model }: Pick<Classifier, "model">): Map<Value, string> {
  const names = new Map<Value, string>();
  for (const [name, value] of model.graph.names) {
    // the table holds names of nodes, too; the tensor's own name wins
    if (!names.has(value) || value.name === name) names.set(value, name);
  }
  return names;
}
