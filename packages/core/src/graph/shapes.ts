import { AttributeReader, type Attributes } from "./attributes.js";
import { type DataType, numbersOf, type Shape, sizeOf, type Tensor, type ValueType } from "./tensor.js";
import { slidings, spreadLength, startedInside, windowCount } from "./window.js";

// Shape and type rules of the operators that Limn itself writes (ONNX operator set 21). The user's own nodes get their
// types from ONNX Runtime; these rules let a mistake in a generated graph show where it is made.

/** What a rule knows about an input. */
interface Operand extends ValueType {
  /** The elements, if the input is a stored constant. */
  readonly initializer: Tensor | undefined;
}

interface Call {
  readonly inputs: readonly (Operand | undefined)[];
  readonly at: AttributeReader;
  readonly outputCount: number;
  /** The shape of input i. Throws `Unknown` if it is not known (yet). */
  shape(i: number): Shape;
  /** The elements of input i. Throws `Unknown` if they are not known. */
  numbers(i: number): number[];
  /** Throws an error that names the node. */
  fail(message: string): never;
}

type TypeRule = (call: Call) => { dtype?: DataType; shape: () => Shape } | ValueTypeList;
type ValueTypeList = { dtype?: DataType; shape: () => Shape }[];

/** Thrown inside rules if an input's shape is not known; then the result's is not known either. */
class Unknown extends Error {}

/** The shape of the result of an elementwise operator; undefined if the shapes do not broadcast. */
export function broadcastShapes(...shapes: readonly Shape[]): Shape | undefined {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  const result: number[] = new Array(rank).fill(1);
  for (const shape of shapes) {
    for (let i = 0; i < shape.length; i++) {
      const axis = rank - shape.length + i;
      const d = shape[i] as number;
      if (result[axis] === 1) result[axis] = d;
      else if (d !== 1 && d !== result[axis]) return undefined;
    }
  }
  return result;
}

export const normalizeAxis = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

const elementwise =
  (dtype?: DataType, from = 0): TypeRule =>
  (call) => ({
    ...(dtype ? { dtype } : inheritedDtype(call, from)),
    shape: () => {
      const shapes = call.inputs.map((_, i) => call.shape(i));
      return (
        broadcastShapes(...shapes) ?? call.fail(`shapes ${shapes.map((s) => `[${s}]`).join(" and ")} do not broadcast`)
      );
    },
  });

const like: TypeRule = (call) => ({ ...inheritedDtype(call, 0), shape: () => call.shape(0) });

const inheritedDtype = (call: Call, from: number): { dtype?: DataType } => {
  const dtype = call.inputs[from]?.dtype;
  return dtype ? { dtype } : {};
};

const reduce: TypeRule = (call) => ({
  ...inheritedDtype(call, 0),
  shape: () => {
    const shape = call.shape(0);
    const given = call.inputs[1] ? call.numbers(1) : [];
    if (given.length === 0 && call.at.int("noop_with_empty_axes", 0)) return shape;
    const axes = new Set((given.length ? given : shape.map((_, i) => i)).map((a) => normalizeAxis(a, shape.length)));
    if (![...axes].every((axis) => axis in shape)) call.fail(`[${shape}] has no axes [${given}]`);
    return reducedShape(shape, axes, call.at.int("keepdims", 1) === 1);
  },
});

const reducedShape = (shape: Shape, axes: ReadonlySet<number>, keep: boolean): Shape =>
  keep ? shape.map((d, i) => (axes.has(i) ? 1 : d)) : shape.filter((_, i) => !axes.has(i));

/** Sizes of the spatial axes after a window has slid over them. */
const slide = (call: Call, x: Shape, kernel: Shape): number[] =>
  slidings(call.at, x.slice(2), kernel).map((axis) => {
    if (windowCount(axis) < 1) call.fail(`kernel [${kernel}] is larger than the padded input [${x}]`);
    if (call.at.int("ceil_mode", 0) === 0) return windowCount(axis);
    return startedInside(axis, windowCount(axis, true));
  });

const pool: TypeRule = (call) => {
  const shape = () => {
    const x = call.shape(0);
    return [...x.slice(0, 2), ...slide(call, x, call.at.ints("kernel_shape"))];
  };
  const outputs: ValueTypeList = [{ ...inheritedDtype(call, 0), shape }];
  if (call.outputCount > 1) outputs.push({ dtype: "int64", shape });
  return outputs;
};

const squeezed = (call: Call): Shape => {
  const shape = call.shape(0);
  const axes = new Set(
    (call.inputs[1] ? call.numbers(1) : shape.flatMap((d, i) => (d === 1 ? [i] : []))).map((a) =>
      normalizeAxis(a, shape.length),
    ),
  );
  for (const a of axes) if (shape[a] !== 1) call.fail(`axis ${a} of [${shape}] is not 1`);
  return reducedShape(shape, axes, false);
};

const unsqueezed = (call: Call): Shape => {
  const shape = [...call.shape(0)];
  const axes = call.numbers(1);
  const rank = shape.length + axes.length;
  for (const axis of axes.map((a) => normalizeAxis(a, rank)).sort((a, b) => a - b)) shape.splice(axis, 0, 1);
  return shape;
};

const RULES = {
  Abs: like,
  Add: elementwise(),
  And: elementwise("bool"),
  ArgMax: (call) => ({
    dtype: "int64",
    shape: () => {
      const shape = call.shape(0);
      const axis = normalizeAxis(call.at.int("axis", 0), shape.length);
      return reducedShape(shape, new Set([axis]), call.at.int("keepdims", 1) === 1);
    },
  }),
  AveragePool: pool,
  BatchNormalization: like,
  BitShift: elementwise(),
  BitwiseAnd: elementwise(),
  BitwiseXor: elementwise(),
  Cast: (call) => ({ dtype: CAST_TARGETS[call.at.int("to")] ?? "other", shape: () => call.shape(0) }),
  Ceil: like,
  Clip: like,
  Concat: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const shapes = call.inputs.map((_, i) => call.shape(i));
      const first = shapes[0] ?? [];
      const axis = normalizeAxis(call.at.int("axis"), first.length);
      for (const s of shapes) {
        if (s.length !== first.length || s.some((d, i) => i !== axis && d !== first[i])) {
          call.fail(`shapes ${shapes.map((x) => `[${x}]`).join(", ")} can't be concatenated along axis ${axis}`);
        }
      }
      return first.map((d, i) => (i === axis ? shapes.reduce((sum, s) => sum + (s[axis] as number), 0) : d));
    },
  }),
  Conv: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const x = call.shape(0);
      const W = call.shape(1);
      const group = call.at.int("group", 1);
      if (x.length !== W.length || x[1] !== (W[1] as number) * group) {
        call.fail(`input [${x}] does not fit weights [${W}] in ${group} group(s)`);
      }
      return [x[0] as number, W[0] as number, ...slide(call, x, W.slice(2))];
    },
  }),
  ConvTranspose: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const x = call.shape(0);
      const W = call.shape(1);
      const n = x.length - 2;
      const group = call.at.int("group", 1);
      if (x.length !== W.length || x[1] !== W[0]) call.fail(`input [${x}] does not fit weights [${W}]`);
      const extra = call.at.ints("output_padding", new Array(n).fill(0));
      const spatial = slidings(call.at, x.slice(2), W.slice(2)).map(
        (axis, i) => spreadLength(axis) + (extra[i] as number) - axis.before - axis.after,
      );
      return [x[0] as number, (W[1] as number) * group, ...spatial];
    },
  }),
  Cos: like,
  Cosh: like,
  CumSum: like,
  DepthToSpace: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const [n = 0, c = 0, h = 0, w = 0] = call.shape(0);
      const b = call.at.int("blocksize");
      return [n, c / (b * b), h * b, w * b];
    },
  }),
  Div: elementwise(),
  Einsum: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const [terms = "", result = ""] = call.at.string("equation").replaceAll(" ", "").split("->");
      const sizes = new Map<string, number>();
      terms.split(",").forEach((term, i) => {
        const shape = call.shape(i);
        [...term].forEach((letter, k) => {
          sizes.set(letter, shape[k] as number);
        });
      });
      return [...result].map((letter) => sizes.get(letter) ?? call.fail(`no input has the letter "${letter}"`));
    },
  }),
  Equal: elementwise("bool"),
  Erf: like,
  Exp: like,
  Expand: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () =>
      broadcastShapes(call.shape(0), call.numbers(1)) ??
      call.fail(`shape [${call.shape(0)}] does not expand to [${call.numbers(1)}]`),
  }),
  Flatten: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const shape = call.shape(0);
      const axis = normalizeAxis(call.at.int("axis", 1), shape.length);
      return [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))];
    },
  }),
  Floor: like,
  Gather: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const data = call.shape(0);
      const axis = normalizeAxis(call.at.int("axis", 0), data.length);
      return [...data.slice(0, axis), ...call.shape(1), ...data.slice(axis + 1)];
    },
  }),
  GatherElements: (call) => ({ ...inheritedDtype(call, 0), shape: () => call.shape(1) }),
  GatherND: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const indices = call.shape(1);
      return [...indices.slice(0, -1), ...call.shape(0).slice(indices.at(-1) as number)];
    },
  }),
  Gemm: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const A = call.shape(0);
      const B = call.shape(1);
      const [m, k] = call.at.int("transA", 0) ? [A[1], A[0]] : [A[0], A[1]];
      const [l, n] = call.at.int("transB", 0) ? [B[1], B[0]] : [B[0], B[1]];
      if (k !== l) call.fail(`[${A}] times [${B}]: inner sizes ${k} and ${l} differ`);
      return [m as number, n as number];
    },
  }),
  GlobalAveragePool: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => call.shape(0).map((d, i) => (i < 2 ? d : 1)),
  }),
  Greater: elementwise("bool"),
  GreaterOrEqual: elementwise("bool"),
  HardSigmoid: like,
  Identity: like,
  LayerNormalization: (call) => {
    const x = { ...inheritedDtype(call, 0), shape: () => call.shape(0) };
    const statistic = () => {
      const shape = call.shape(0);
      const first = normalizeAxis(call.at.int("axis", -1), shape.length);
      return shape.map((d, axis) => (axis < first ? d : 1));
    };
    return [x, ...new Array(call.outputCount - 1).fill({ ...inheritedDtype(call, 0), shape: statistic })];
  },
  Less: elementwise("bool"),
  LessOrEqual: elementwise("bool"),
  Log: like,
  LogSoftmax: like,
  MatMul: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const a = call.shape(0);
      const b = call.shape(1);
      const A = a.length === 1 ? [1, ...a] : a;
      const B = b.length === 1 ? [...b, 1] : b;
      if (A.at(-1) !== B.at(-2)) call.fail(`[${a}] times [${b}]: inner sizes ${A.at(-1)} and ${B.at(-2)} differ`);
      const batch = broadcastShapes(A.slice(0, -2), B.slice(0, -2)) ?? call.fail(`[${a}] times [${b}]: batches differ`);
      return [
        ...batch,
        ...(a.length === 1 ? [] : [A.at(-2) as number]),
        ...(b.length === 1 ? [] : [B.at(-1) as number]),
      ];
    },
  }),
  Max: elementwise(),
  MaxPool: pool,
  Min: elementwise(),
  Mod: elementwise(),
  Mul: elementwise(),
  Neg: like,
  Not: like,
  OneHot: (call) => ({
    ...inheritedDtype(call, 2),
    shape: () => {
      const shape = [...call.shape(0)];
      const axis = normalizeAxis(call.at.int("axis", -1), shape.length + 1);
      shape.splice(axis, 0, call.numbers(1)[0] as number);
      return shape;
    },
  }),
  Or: elementwise("bool"),
  Pad: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const shape = call.shape(0);
      const pads = call.numbers(1);
      const axes = call.inputs[3] ? call.numbers(3).map((a) => normalizeAxis(a, shape.length)) : shape.map((_, i) => i);
      const result = [...shape];
      axes.forEach((axis, i) => {
        result[axis] = (shape[axis] as number) + (pads[i] as number) + (pads[i + axes.length] as number);
      });
      return result;
    },
  }),
  Pow: elementwise(),
  Range: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const [start = 0, limit = 0, delta = 1] = [0, 1, 2].map((i) => call.numbers(i)[0] as number);
      return [Math.max(Math.ceil((limit - start) / delta), 0)];
    },
  }),
  Reciprocal: like,
  ReduceL1: reduce,
  ReduceL2: reduce,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSum: reduce,
  ReduceSumSquare: reduce,
  Relu: like,
  Reshape: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const from = call.shape(0);
      const wanted = call.numbers(1);
      const copied = wanted.map((d, i) => (d === 0 && !call.at.int("allowzero", 0) ? (from[i] as number) : d));
      const rest = sizeOf(copied.filter((d) => d !== -1));
      const to = copied.map((d) => (d === -1 ? sizeOf(from) / rest : d));
      if (sizeOf(to) !== sizeOf(from)) call.fail(`[${from}] can't take the shape [${wanted}]`);
      return to;
    },
  }),
  Resize: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const shape = call.shape(0);
      if (call.at.has("axes") || call.at.has("keep_aspect_ratio_policy")) throw new Unknown();
      if (call.inputs[3]) return call.numbers(3);
      const scales = call.numbers(2);
      return shape.map((d, i) => Math.floor(d * (scales[i] as number)));
    },
  }),
  ReverseSequence: like,
  Round: like,
  ScatterElements: like,
  ScatterND: like,
  Shape: (call) => ({ dtype: "int64", shape: () => [call.shape(0).length] }),
  Sigmoid: like,
  Sign: like,
  Sin: like,
  Sinh: like,
  Slice: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const shape = call.shape(0);
      const starts = call.numbers(1);
      const ends = call.numbers(2);
      const axes = call.inputs[3] ? call.numbers(3) : starts.map((_, i) => i);
      const steps = call.inputs[4] ? call.numbers(4) : starts.map(() => 1);
      const result = [...shape];
      axes.forEach((a, i) => {
        const axis = normalizeAxis(a, shape.length);
        const { start, end, step } = sliceRange(
          shape[axis] as number,
          starts[i] as number,
          ends[i] as number,
          steps[i] as number,
        );
        result[axis] = Math.max(0, Math.ceil((end - start) / step));
      });
      return result;
    },
  }),
  Softmax: like,
  Softplus: like,
  SpaceToDepth: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const [n = 0, c = 0, h = 0, w = 0] = call.shape(0);
      const b = call.at.int("blocksize");
      return [n, c * b * b, h / b, w / b];
    },
  }),
  Split: (call) => {
    const axis = () => normalizeAxis(call.at.int("axis", 0), call.shape(0).length);
    return Array.from({ length: call.outputCount }, (_, i) => ({
      ...inheritedDtype(call, 0),
      shape: () =>
        call.shape(0).map((d, k) => {
          if (k !== axis()) return d;
          if (call.inputs[1]) return call.numbers(1)[i] as number;
          const size = Math.ceil(d / call.outputCount);
          return Math.min(size, d - size * i);
        }),
    }));
  },
  Sqrt: like,
  Squeeze: (call) => ({ ...inheritedDtype(call, 0), shape: () => squeezed(call) }),
  Sub: elementwise(),
  Sum: elementwise(),
  Tanh: like,
  Tile: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => call.shape(0).map((d, i) => d * (call.numbers(1)[i] as number)),
  }),
  TopK: (call) => {
    const shape = () => {
      const kept = [...call.shape(0)];
      kept[normalizeAxis(call.at.int("axis", -1), kept.length)] = call.numbers(1)[0] as number;
      return kept;
    };
    return [
      { ...inheritedDtype(call, 0), shape },
      { dtype: "int64", shape },
    ];
  },
  Transpose: (call) => ({
    ...inheritedDtype(call, 0),
    shape: () => {
      const shape = call.shape(0);
      return call.at
        .ints(
          "perm",
          shape.map((_, i) => shape.length - 1 - i),
        )
        .map((p) => shape[p] as number);
    },
  }),
  Trilu: like,
  Unsqueeze: (call) => ({ ...inheritedDtype(call, 0), shape: () => unsqueezed(call) }),
  Where: elementwise(undefined, 1),
} satisfies Record<string, TypeRule>;

/** The operators that passes, gradients and methods may write. */
export type EmittedOperator = keyof typeof RULES;

/** ONNX's codes of the types that our Cast nodes convert to. */
const CAST_TARGETS: Record<number, DataType> = {
  1: "float32",
  2: "uint8",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
  11: "float64",
  12: "uint32",
  16: "bfloat16",
};

/** ONNX's code of a type, for the `to` attribute of Cast. */
export function castCode(dtype: DataType): number {
  const code = Object.entries(CAST_TARGETS).find(([, name]) => name === dtype)?.[0];
  if (code === undefined) throw new Error(`Limn writes no Cast to ${dtype}`);
  return Number(code);
}

/** The range of positions that Slice takes from one axis, `end` excluded; negative and too large ones are resolved. */
export function sliceRange(size: number, start: number, end: number, step: number) {
  const clamp = (v: number, low: number, high: number) => Math.min(Math.max(v < 0 ? v + size : v, low), high);
  return step > 0
    ? { start: clamp(start, 0, size), end: clamp(end, 0, size), step }
    : { start: clamp(start, 0, size - 1), end: clamp(end, -1, size - 1), step };
}

/** Infers the types of a node that is about to be written. @param owner its name, for messages */
export function inferType(
  opType: EmittedOperator,
  inputs: readonly (Operand | undefined)[],
  attributes: Attributes,
  outputCount: number,
  owner: string,
): ValueType[] {
  const fail = (message: string): never => {
    throw new Error(`${owner} (${opType}): ${message}`);
  };
  const call: Call = {
    inputs,
    at: new AttributeReader(attributes, `${owner} (${opType})`),
    outputCount,
    shape(i) {
      const shape = inputs[i]?.shape;
      if (!shape) throw new Unknown();
      return shape;
    },
    numbers(i) {
      const data = inputs[i]?.initializer;
      const numbers = data && numbersOf(data);
      if (!numbers) throw new Unknown();
      return numbers;
    },
    fail,
  };
  const rule: TypeRule = RULES[opType];
  const result = rule(call);
  return (Array.isArray(result) ? result : [result]).map(({ dtype, shape }) => {
    try {
      return { dtype, shape: shape() };
    } catch (error) {
      if (error instanceof Unknown) return { dtype, shape: undefined };
      throw error;
    }
  });
}
