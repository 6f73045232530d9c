import fc from "fast-check";
import type { AttributeInit } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import type { Shape } from "../graph/tensor.js";
import type { Operator } from "../ops/operator.js";
import { operators } from "../ops/registry.js";
import { NetworkWriter } from "./networks.js";

// Small graphs of any operators that Limn knows, wired at random. Few are valid, and that is the point.

const small = fc.integer({ min: 0, max: 4 });
const imageShape = fc.tuple(...([1, 2, 3, 4] as const).map(() => fc.constantFrom(1, 2, 3)));
const shape: fc.Arbitrary<Shape> = fc.oneof(
  { weight: 3, arbitrary: imageShape },
  { weight: 1, arbitrary: fc.array(small, { maxLength: 5 }) },
);

const perAxis = (low: number, high: number) =>
  fc.array(fc.integer({ min: low, max: high }), { minLength: 1, maxLength: 3 });
const flag = fc.nat(1);
const axis = fc.integer({ min: -5, max: 5 });

const ATTRIBUTES = {
  kernel_shape: perAxis(0, 3),
  strides: perAxis(0, 3),
  dilations: perAxis(0, 2),
  pads: fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 2, maxLength: 8 }),
  group: fc.nat(3),
  auto_pad: fc.constantFrom("SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"),
  ceil_mode: flag,
  output_shape: fc.array(small, { maxLength: 3 }),
  output_padding: fc.array(fc.nat(2), { maxLength: 2 }),
  axis,
  keepdims: flag,
  perm: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 3 }),
  to: fc.constantFrom(1, 7, 9, 10, 11),
  transA: flag,
  transB: flag,
  blocksize: fc.nat(3),
  size: fc.nat(4),
  num_outputs: fc.nat(3),
  num_groups: fc.nat(3),
  equation: fc.constantFrom("ij,jk->ik", "i->i", "abcd->dcba", "x"),
  mode: fc.constantFrom("nearest", "linear", "cubic", "reflect", "edge", "constant", "DCR"),
};

type AttributeName = keyof typeof ATTRIBUTES;

const WINDOW = ["kernel_shape", "strides", "pads", "dilations", "auto_pad"] as const;

/** The attributes that an operator knows; one that it does not know would be refused at once. */
const ACCEPTED: Readonly<Record<string, readonly AttributeName[]>> = {
  Conv: [...WINDOW, "group"],
  ConvTranspose: [...WINDOW, "group", "output_shape", "output_padding"],
  MaxPool: [...WINDOW, "ceil_mode"],
  AveragePool: [...WINDOW, "ceil_mode"],
  Gemm: ["transA", "transB"],
  Split: ["axis", "num_outputs"],
  Transpose: ["perm"],
  Cast: ["to"],
  DepthToSpace: ["blocksize", "mode"],
  SpaceToDepth: ["blocksize"],
  LRN: ["size"],
  Einsum: ["equation"],
  Pad: ["mode"],
  Resize: ["mode"],
  GroupNormalization: ["num_groups"],
  ...Object.fromEntries(
    ["Concat", "Softmax", "LogSoftmax", "Flatten", "Gather", "GatherElements", "LayerNormalization", "ArgMax"].map(
      (name) => [name, ["axis"] as const],
    ),
  ),
};

const NEEDED: ReadonlySet<string> = new Set([
  "kernel_shape",
  "perm",
  "to",
  "blocksize",
  "size",
  "equation",
  "num_groups",
]);

const attributesOf = (operator: string): fc.Arbitrary<AttributeInit> => {
  const names = ACCEPTED[operator] ?? (operator.startsWith("Reduce") ? (["keepdims"] as const) : []);
  const model = Object.fromEntries(names.map((name) => [name, ATTRIBUTES[name]]));
  return fc.record<AttributeInit>(model as never, { requiredKeys: names.filter((name) => NEEDED.has(name)) as never });
};

type Operand = { readonly earlier: number } | { readonly floats: Shape } | { readonly ints: readonly number[] };

const operand: fc.Arbitrary<Operand> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ earlier: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ floats: shape }) },
  { weight: 1, arbitrary: fc.record({ ints: fc.array(fc.integer({ min: -4, max: 5 }), { maxLength: 4 }) }) },
);

const step = fc.constantFrom(...Object.keys(operators).filter((name) => !name.includes("."))).chain((opType) =>
  fc.record({
    opType: fc.constant(opType),
    attributes: attributesOf(opType),
    others: fc.array(operand, { minLength: 3, maxLength: 3 }),
    optional: fc.nat(2),
  }),
);

/** How many inputs a node takes: those it must have, and some of the others. */
function inputCount(opType: string, optional: number): number {
  const { inputs }: Operator = operators[opType as keyof typeof operators];
  if (inputs[0]?.startsWith("...")) return 1 + optional;
  const required = inputs.filter((name) => !name.endsWith("?")).length;
  return Math.max(1, Math.min(required + optional, inputs.length));
}

/** Chains of one to three nodes from an image on, as ONNX bytes. */
export const arbitraryModels: fc.Arbitrary<Uint8Array> = fc
  .record({ image: imageShape, steps: fc.array(step, { minLength: 1, maxLength: 3 }), flat: fc.boolean() })
  .map(({ image, steps, flat }) => {
    const net = new NetworkWriter("arbitrary", image);
    const values: Value[] = [net.image];
    let last = net.image;
    steps.forEach(({ opType, attributes, others, optional }, n) => {
      const read = (other: Operand, i: number): Value => {
        if ("earlier" in other) return values[other.earlier % values.length] as Value;
        if ("floats" in other) return net.random(`floats${n}.${i}`, other.floats, -1, 1);
        return net.ints(`ints${n}.${i}`, other.ints);
      };
      const inputs = [last, ...others.slice(0, inputCount(opType, optional) - 1).map(read)];
      last = net.node(opType, `node${n}`, inputs, attributes);
      values.push(last);
    });
    return net.bytes(flat ? net.flatten("flatten", last) : last);
  });
