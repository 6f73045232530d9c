import { LimnError } from "../error.js";
import { attributesFrom } from "../graph/attributes.js";
import type { Graph, Node, Value } from "../graph/graph.js";
import { cast, mul, sub } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { type DataType, isFloat, numbersOf, sizeOf } from "../graph/tensor.js";
import { dataTypeOf } from "../onnx/types.js";
import { RANGES } from "../ops/quantization.js";
import { hasGradient, movesNumbers } from "../ops/registry.js";
import { withStoredConstants } from "./fold-constants.js";
import { takenApart } from "./take-apart.js";

/** The lowest and highest number that a tensor may hold. */
type Range = readonly [low: number, high: number];

/** What pixels may be, by the type that holds them: all that fits into short types, and no more than cameras give. */
const PIXELS: { readonly [K in DataType]?: Range } = {
  ...RANGES,
  int32: [-65535, 65535],
  uint32: [0, 65535],
  int64: [-65535, 65535],
  uint64: [0, 65535],
};

/** Whole numbers up to here are exact in float32. */
const EXACT = 2 ** 24;

/** Whole numbers, as the graph holds them before the Cast that makes them floats. */
interface Whole {
  readonly dtype: DataType;
  readonly range: Range;
}

/**
 * Lets a model that takes pixels as whole numbers, and makes floats of them by a Cast further on, take floats. On pixels, it
 * computes the same; and what is downstream of the input has gradients. What rounds between whole numbers, such as Resize,
 * stays as it is, and gradients pass straight through the rounding.
 *
 * Ensures: if the one input holds whole numbers, it is float32, and so is what moves them or computes with them exactly.
 * @returns the model, and whether its pixels are those of files, from 0 to 255
 * @throws LimnError `unsupported` that names the node that computes in whole numbers
 */
export function takeFloats(file: Model): { readonly model: Model; readonly rawPixels: boolean } {
  const [only, ...others] = file.graph.inputs;
  if (!only || others.length > 0 || !PIXELS[only.dtype ?? "other"]) return { model: file, rawPixels: false };
  const model = withStoredConstants(file);
  const input = model.graph.inputs[0] as Value;
  const whole = wholeNumbers(model, input);
  const { graph, successors } = rewrite(
    model.graph,
    (node, inputs, target) => {
      if (isMeasuring(node) || !node.inputs.some((v) => v && whole.has(v))) return undefined;
      const wholeAt = (i: number) => whole.get(node.inputs[i] as Value);
      const integers = () => inputs.map((v, i) => (v && wholeAt(i) ? asIntegers(v, wholeAt(i) as Whole) : v));
      if (isInteger(node)) return again(node, integers(), target, undefined);
      if (isRounding(node)) {
        const { dtype } = wholeAt(0) as Whole;
        return again(node, integers(), target, dtype).map((v) => v && fromIntegers(v, dtype));
      }
      const [x] = inputs as [Value];
      if (isCast(node)) return whole.has(node.output) || floatAfter(node) === "float32" ? x : undefined;
      // x = (q - zero point) * scale
      if (node.opType === "DequantizeLinear") {
        const [, scale, zero] = inputs as [Value, Value, Value?];
        return mul(zero ? sub(x, cast(zero, "float32")) : x, scale);
      }
      const asFloats = inputs.map((v, i) => (v && !wholeAt(i) && isNumber(node, i) ? cast(v, "float32") : v));
      return again(node, asFloats, target, "float32");
    },
    {
      input: ({ name, shape, declared }, target) => {
        const image = target.addInput(name, "float32", shape);
        if (declared) image.declared = declared;
        return image;
      },
    },
  );
  for (const value of whole.keys()) {
    const after = successors.get(value);
    if (after) after.dtype = "float32";
  }
  // what int8 stands for differs from file to file
  return { model: { ...model, graph }, rawPixels: input.dtype !== "int8" };
}

/** The node on other inputs. @param dtype of its outputs; undefined for that of the node's own */
function again(node: Node, inputs: readonly (Value | undefined)[], target: Graph, dtype: DataType | undefined) {
  const { name, opType, domain, operators, origin, attributes } = node;
  const outputs = node.outputs.map((v) => v && { name: v.name, dtype: dtype ?? v.dtype, shape: v.shape });
  return target.intern({ name, opType, domain, operators, origin, inputs, attributes }, outputs).outputs;
}

/** Floats that are whole numbers, in the integers of a type. */
const asIntegers = (x: Value, { dtype }: Whole): Value => oneToOne("QuantizeLinear", x, dtype, dtype);

/** Integers as floats. */
const fromIntegers = (q: Value, dtype: DataType): Value => oneToOne("DequantizeLinear", q, dtype, "float32");

/** With a scale of 1 and 0 for 0, both only change the type, and let gradients through. */
function oneToOne(opType: "QuantizeLinear" | "DequantizeLinear", x: Value, dtype: DataType, result: DataType): Value {
  const { graph } = x;
  const name = `${x.name}/${opType.toLowerCase()}`;
  const inputs = [x, graph.constant("float32", [], [1]), graph.constant(dtype, [], [0])];
  return graph.intern({ name, opType, inputs, attributes: attributesFrom({}) }, [
    { name, dtype: result, shape: x.shape },
  ]).output;
}

/** The values that hold the input's pixels as whole numbers, moved or computed with. */
function wholeNumbers({ graph }: Model, input: Value): Map<Value, Whole> {
  const dtype = input.dtype as DataType;
  const whole = new Map<Value, Whole>([[input, { dtype, range: PIXELS[dtype] as Range }]]);
  for (const node of graph.descendants([input])) {
    if (isMeasuring(node) || ![...node.reads()].some((value) => whole.has(value))) continue;
    if (node.captures.some((value) => whole.has(value))) refuse(node, input);
    if (isInteger(node) || isFloat(floatAfter(node))) continue;
    const after = outcomeOf(node, whole);
    if (!after) return refuse(node, input);
    refuseOverflow(node, after);
    for (const output of node.outputs) if (output) whole.set(output, after);
  }
  return whole;
}

/** What whole numbers become at a node; undefined if that is not followed. */
function outcomeOf(node: Node, whole: ReadonlyMap<Value, Whole>): Whole | undefined {
  const before = node.inputs.flatMap((v) => (v && whole.get(v)) ?? []);
  const [{ dtype }] = before as [Whole];
  if (isCast(node)) return { dtype: castTarget(node), range: (before[0] as Whole).range };
  if (node.inputs.some((v, i) => v && whole.has(v) && i > 0 && !isNumber(node, i))) return undefined;
  if (isRounding(node)) return RANGES[dtype] && { dtype, range: RANGES[dtype] };
  const ranges = node.inputs.map((v, i) => (v && isNumber(node, i) ? (whole.get(v)?.range ?? rangeOf(v)) : undefined));
  const known = ranges.filter((range) => range !== undefined);
  if (node.inputs.some((v, i) => v && isNumber(node, i) && !ranges[i])) return undefined;
  const arithmetic = node.domain === "" ? ARITHMETIC[node.opType] : undefined;
  if (arithmetic) return { dtype, range: arithmetic(known) };
  return movesWholeNumbers(node) ? { dtype, range: hull(known) } : undefined;
}

/** What arithmetic that rounds nothing makes of the ranges of its inputs. */
const ARITHMETIC: Readonly<Record<string, (ranges: readonly Range[]) => Range>> = {
  Add: ([a, b]) => hullOf(a, b, (x, y) => x + y),
  Sub: ([a, b]) => hullOf(a, b, (x, y) => x - y),
  Mul: ([a, b]) => hullOf(a, b, (x, y) => x * y),
  Clip: ([x]) => x as Range,
  Neg: ([x]) => [-(x as Range)[1], -(x as Range)[0]],
};

const hull = (ranges: readonly Range[]): Range => [
  Math.min(...ranges.map(([low]) => low)),
  Math.max(...ranges.map(([, high]) => high)),
];

function hullOf(a: Range | undefined, b: Range | undefined, f: (x: number, y: number) => number): Range {
  const ends = (a ?? []).flatMap((x) => (b ?? []).map((y) => f(x, y)));
  return [Math.min(...ends), Math.max(...ends)];
}

/** The range of a constant's numbers. */
function rangeOf({ initializer }: Value): Range | undefined {
  const numbers = initializer && numbersOf(initializer);
  return numbers && (numbers.length === 0 ? [0, 0] : hull(numbers.map((x) => [x, x])));
}

/** What moves elements does so with numbers of any type. */
function movesWholeNumbers(node: Node): boolean {
  if (node.domain !== "") return false;
  // between whole numbers, interpolation rounds
  if (node.opType === "Resize") return !isRounding(node);
  return movesNumbers(node);
}

/** Whether an input holds numbers that the output's are made of; others are sizes, positions and bounds. */
const isNumber = (node: Node, i: number): boolean =>
  i === 0 || hasGradient(node, i) || (node.domain === "" && node.opType === "Clip");

/** What computes with integers that stand for floats, which is taken apart later. */
const isInteger = ({ domain, opType, inputs }: Node): boolean =>
  takenApart.includes(domain ? `${domain}.${opType}` : opType) ||
  (domain === "" && opType === "DequantizeLinear" && inputs.slice(1).some((v) => v && !isSingle(v)));

const isSingle = ({ initializer }: Value): boolean => initializer !== undefined && sizeOf(initializer.dims) === 1;

/** What interpolates. */
const isRounding = ({ domain, opType, at }: Node): boolean =>
  domain === "" && opType === "Resize" && at.string("mode", "nearest") !== "nearest";

const isCast = ({ domain, opType }: Node): boolean => domain === "" && (opType === "Cast" || opType === "CastLike");

/** The type that a Cast gives. */
const castTarget = ({ at, opType, inputs }: Node): DataType =>
  opType === "CastLike" ? (inputs[1]?.initializer?.dtype ?? "other") : dataTypeOf(at.int("to", 0));

/** The type of floats that a node makes of whole numbers, if it does. */
function floatAfter(node: Node): DataType | undefined {
  if (node.domain === "" && node.opType === "DequantizeLinear") return "float32";
  const dtype = isCast(node) ? castTarget(node) : undefined;
  return isFloat(dtype) ? dtype : undefined;
}

/** What looks at a tensor's shape only. */
const isMeasuring = ({ domain, opType }: Node): boolean => domain === "" && (opType === "Shape" || opType === "Size");

function refuseOverflow({ label, opType }: Node, { dtype, range: [low, high] }: Whole): void {
  const [least, most] = RANGES[dtype] ?? [dtype.startsWith("uint") ? 0 : -EXACT, EXACT];
  if (low >= least && high <= most) return;
  throw new LimnError(
    "unsupported",
    `${label}: ${opType} may give ${low < least ? low : high}, which ${dtype} can't hold, so that numbers wrap around and no gradient flows; export the model with a Cast to float32 right after its input`,
  );
}

function refuse({ label, opType }: Node, { name, dtype }: Value): never {
  throw new LimnError(
    "unsupported",
    `${label}: ${opType} computes in whole numbers on the input "${name}" of type ${dtype}, through which no gradient flows; export the model with a Cast to float32 right after its input`,
  );
}
