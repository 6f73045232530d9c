import { type AttributeInit, float } from "../../graph/attributes.js";
import type { Node, Value } from "../../graph/graph.js";
import { add, div, expand, mean as meanOf, mul, reshape, sqrt, square, transpose } from "../../graph/math.js";
import type { Model } from "../../graph/model.js";
import { rewrite } from "../../graph/rewrite.js";
import { normalizeAxis } from "../../graph/shapes.js";
import { sameShape, sizeOf } from "../../graph/tensor.js";
import { restate } from "../restate.js";
import {
  x as argument,
  constantOf,
  type Expression,
  isFunction,
  isOne,
  mean,
  type Product,
  sameFunction,
  times,
  varianceOf,
} from "./expression.js";
import { alongOnly, isPlain, reducedAxes } from "./matching.js";
import { argumentsOf, expressionOf, isStep, turned } from "./steps.js";

/** The last step of a normalization may be any of these. */
const LAST: ReadonlySet<string> = new Set(["Mul", "Div", "Add", "Sub"]);

/**
 * Writes layer normalization that was exported by its parts as one node, and that by the root mean square as a quotient:
 *
 *   (x - mean x) / sqrt(mean (x - mean x)^2 + epsilon) scale + b        x / sqrt(mean x^2 + epsilon) scale
 *
 * The means are over any axes, which become the last. In which order exporters and frameworks multiply these out does not matter,
 * such as Keras' x r + (b - r mean x) with r = scale / sqrt(mean x^2 - (mean x)^2 + epsilon).
 *
 * Requires: inferred types, folded constants. Ensures: LayerNormalization holds the scale and the bias of the axes that it
 * normalizes.
 */
export function recognizeLayerNormalization(model: Model): Model {
  const readers = model.graph.consumers();
  const { graph } = rewrite(model.graph, (node, inputs) => {
    // what others read as well would be normalized twice
    const isOnly = readers.get(node.inputs[0] as Value)?.length === 1;
    if (isPlain(node, "Reshape")) return isOnly ? withoutReshape(node, inputs) : undefined;
    return LAST.has(node.opType) && isStep(node) ? normalized(node, inputs) : undefined;
  });
  return { ...model, graph };
}

type Inputs = readonly (Value | undefined)[];

function normalized(node: Node, inputs: Inputs): Value | undefined {
  const { shape } = node.output;
  const reached = [...argumentsOf(inputs)];
  if (!shape) return undefined;
  const candidates = averagedBy(reached).flatMap((axes) =>
    reached.flatMap((x) => {
      const expression = x.shape && sameShape(x.shape, shape) ? expressionOf(node, inputs, x, axes) : undefined;
      const found = expression && normalizationIn(expression);
      return found ? [{ ...found, x, axes }] : [];
    }),
  );
  // what is left of x without its mean has no mean, so that its deviation is its root mean square, too
  const found = candidates.find(({ b }) => b) ?? candidates[0];
  return found && (found.b ? centered(node, found) : overRoot(found));
}

/** The sets of axes that the means on the way to a node may be over, as they are or after one of the transposes there. */
function averagedBy(reached: readonly Value[]): (readonly number[])[] {
  const producers = reached.flatMap(({ producer }) => (producer && isStep(producer) ? [producer] : []));
  const turns = producers.flatMap((node) => (isPlain(node, "Transpose") ? [node.at.ints("perm", [])] : []));
  const all = producers.map(reducedAxes).filter(({ length }) => length > 0);
  const sets = all.flatMap((axes) => [axes, ...turns.map((turn) => turned(axes, turn))]);
  return [...new Map(sets.map((axes) => [axes.join(), axes])).values()];
}

interface Normalization {
  readonly epsilon: number;
  /** A product of constants. */
  readonly scale: Product;
  /** A sum of constants; undefined if the mean stays in. */
  readonly b: Expression | undefined;
}

/** A normalization of x over some of its axes. */
interface Found extends Normalization {
  readonly x: Value;
  readonly axes: readonly number[];
}

const MEAN = mean(argument);
const MEAN_SQUARE = mean(times(argument, argument));
const VARIANCE = varianceOf(argument);

/** What an expression is a normalization with, if it is one. */
function normalizationIn(expression: Expression): Normalization | undefined {
  const first = expression.find(({ of }) => of.includes("x"));
  const root = first?.of.find((atom) => isFunction(atom, "inverse-root"));
  if (!first || !isFunction(root, "inverse-root")) return undefined;
  const scale = { ...first, of: first.of.filter((atom) => atom !== "x" && atom !== root) };
  const others = expression.filter((product) => product !== first);
  const moment = root.of.filter(({ of }) => of.length > 0);
  const epsilon = constantOf(root.of.filter(({ of }) => of.length === 0)) as number;
  if (first.of.length !== scale.of.length + 2 || !isOfConstants(scale) || epsilon < 0) return undefined;
  if (sameFunction(moment, MEAN_SQUARE)) return others.length === 0 ? { epsilon, scale, b: undefined } : undefined;
  // - scale (mean x) / root
  const shift = times(times([{ factor: -1, of: [root] }], [scale]), MEAN);
  const opposite = others.find((product) => sameFunction([product], shift));
  const b = others.filter((product) => product !== opposite);
  return opposite && b.every(isOfConstants) && sameFunction(moment, VARIANCE) ? { epsilon, scale, b } : undefined;
}

const isOfConstants = ({ of }: Product): boolean => of.every((atom) => atom !== "x" && "constant" in atom);

/** LayerNormalization over the last axes, which others have to become. */
function centered(node: Node, { x, axes, epsilon, scale, b }: Found): Value | undefined {
  const [first] = axes as [number];
  const kept = [...x.dims.keys()];
  const isLast = kept.every((axis) => axis < first || axes.includes(axis) || x.dims[axis] === 1);
  const own = isLast ? kept.slice(first) : axes;
  const [gamma, beta] = [constantOver(own, x, [scale]), b?.length ? constantOver(own, x, b) : undefined];
  if (!gamma || (b?.length && !beta)) return undefined;
  const attributes = { axis: -own.length, epsilon: float(epsilon) };
  const parameters = beta ? [gamma, beta] : [gamma];
  if (isLast) return layerNormalization(node, [x, ...parameters], attributes);
  const perm = [...kept.filter((axis) => !axes.includes(axis)), ...axes];
  const normal = x.graph.emit("LayerNormalization", [transpose(x, perm), ...parameters], attributes);
  return transpose(
    normal,
    kept.map((axis) => perm.indexOf(axis)),
  );
}

/** A sum of products of constants in the shape of some of the axes of x; undefined if it differs along others. */
function constantOver(axes: readonly number[], x: Value, sum: Expression): Value | undefined {
  const shape = axes.map((axis) => x.dims[axis] as number);
  const terms = sum.map(({ factor, of }) => {
    const values = of.map((atom) =>
      atom !== "x" && "constant" in atom ? alongOnly(axes, x, atom.constant) : undefined,
    );
    if (values.some((value) => value === undefined)) return undefined;
    const [first, ...others] = values as Value[];
    if (!first) return x.graph.constant(x.dtype ?? "float32", shape, new Array(sizeOf(shape)).fill(factor));
    const product = others.reduce(mul, first);
    return expand(isOne(factor) ? product : mul(product, factor), shape);
  });
  const [first, ...others] = terms;
  if (!first || others.some((term) => term === undefined)) return undefined;
  return (others as Value[]).reduce(add, first);
}

/** The quotient by the root mean square, times the scale. */
function overRoot({ x, axes, epsilon, scale: { factor, of } }: Found): Value {
  const constants = of.flatMap((atom) => (atom !== "x" && "constant" in atom ? [atom.constant] : []));
  const normal = div(x, sqrt(add(meanOf(square(x), axes), epsilon)));
  const scaled = constants.reduce(mul, normal);
  return isOne(factor) ? scaled : mul(scaled, factor);
}

const layerNormalization = (node: Node, inputs: Inputs, attributes: AttributeInit): Value | undefined =>
  restate(node, inputs, (inputs[0] as Value).graph, {
    opType: "LayerNormalization",
    without: [...node.attributes.keys()],
    attributes,
  })[0];

/** A normalization of reshaped values, in their own shape: of Reshape(LayerNormalization(Reshape(x))), which Keras has. */
function withoutReshape(node: Node, [y]: Inputs): Value | undefined {
  const norm = y?.producer;
  const [reshaped, scale, b] = norm?.inputs ?? [];
  const [x] = isPlain(reshaped?.producer, "Reshape") ? reshaped.producer.inputs : [];
  const { shape } = node.output;
  const isBack = x?.shape && shape && sameShape(x.shape, shape);
  if (!isPlain(norm, "LayerNormalization") || !reshaped?.shape || !scale || !isBack) return undefined;
  const count = sizeOf(reshaped.dims.slice(normalizeAxis(norm.at.int("axis", -1), reshaped.rank)));
  const axis = shape.findLastIndex((_, i) => sizeOf(shape.slice(i)) === count);
  const fits = [scale, b].every((v) => v === undefined || (v.shape && sizeOf(v.shape) === count));
  if (axis < 0 || !fits) return undefined;
  const own = (v: Value) => reshape(v, shape.slice(axis));
  const attributes = { axis: axis - shape.length, epsilon: float(norm.at.float("epsilon", 1e-5)) };
  return layerNormalization(node, [x, own(scale), b && own(b)], attributes);
}
