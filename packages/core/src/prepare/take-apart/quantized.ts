import type { AttributeInit } from "../../graph/attributes.js";
import type { Node, Value } from "../../graph/graph.js";
import { add, concat, expand, mul, reshape, transpose } from "../../graph/math.js";
import { type DataType, isFloat, type Shape, sizeOf } from "../../graph/tensor.js";
import { required, type Site } from "../upgrade-opset/upgrade.js";
import { attention } from "./attention.js";
import { isOfIntegers } from "./of-integers.js";
import { standard, type TakeApart } from "./part.js";

// Operators on integers that stand for floats: dequantized, computed as floats, and quantized again. ONNX Runtime puts them
// together again as it loads the graph, so that the numbers stay the model's own.

/** Integers, and how they stand for floats. */
interface Quantized {
  readonly x: Value;
  readonly scale: Value;
  readonly zero: Value | undefined;
}

/** @param first the position of the integers among the inputs; their scale and zero point come next */
const at = (site: Site, first: number): Quantized => ({
  x: required(site, first),
  scale: required(site, first + 1),
  zero: site.inputs[first + 2],
});

/** (x - zero) scale. @param axis along which there are several scales, if there are */
function dequantized({ graph, node }: Site, { x, scale, zero }: Quantized, axis = 0): Value {
  const several = sizeOf(scale.dims) > 1 || (zero !== undefined && sizeOf(zero.dims) > 1);
  const count = several ? Math.max(sizeOf(scale.dims), zero ? sizeOf(zero.dims) : 1) : undefined;
  const parameter = (v: Value): Value => {
    if (count === undefined) return reshape(v, []);
    return sizeOf(v.dims) === count ? reshape(v, [count]) : expand(reshape(v, [1]), [count]);
  };
  const attributes = several ? { axis: axis < 0 ? axis + x.rank : axis } : {};
  const inputs = [x, parameter(scale), zero && parameter(zero)];
  return standard(graph, node, "DequantizeLinear", inputs, attributes, { dtype: scale.dtype, shape: x.shape });
}

/** round(y / scale) + zero, cut to the range of the type. @param first the position of the scale among the inputs */
function quantized(site: Site, y: Value, first: number): Value {
  const { graph, node, inputs } = site;
  const scale = reshape(required(site, first), []);
  const zero = inputs[first + 1] && reshape(inputs[first + 1] as Value, []);
  const dtype = zero?.dtype ?? "uint8";
  return standard(graph, node, "QuantizeLinear", [y, scale, zero], {}, { dtype, shape: y.shape ?? node.output.shape });
}

/** A node's attributes of these names. */
const kept = (node: Node, ...names: string[]): AttributeInit =>
  Object.fromEntries(names.map((name) => [name, node.attributes.get(name)]));

/** An operator of ONNX's own on floats, whose result has the shape of the node's. */
const computed = (
  { graph, node }: Site,
  opType: string,
  inputs: (Value | undefined)[],
  attributes: AttributeInit = {},
) => standard(graph, node, opType, inputs, attributes, { dtype: inputs[0]?.dtype, shape: node.output.shape });

/** Runs `write` on [N, C, ...] where a node has its channels last. */
function channelsFirst(
  { node, at }: Site,
  x: Value,
  write: (x: Value, shape: Shape | undefined) => Value,
  isLast = at.int("channels_last", 0) === 1,
): Value {
  const { shape } = node.output;
  if (!isLast) return write(x, shape);
  const last = x.rank - 1;
  const spatial = Array.from({ length: last - 1 }, (_, i) => i + 1);
  const moved = shape && [shape[0] as number, shape.at(-1) as number, ...shape.slice(1, -1)];
  const y = write(transpose(x, [0, last, ...spatial]), moved);
  return transpose(y, [0, ...spatial.map((i) => i + 1), 1]);
}

const POOLED = ["auto_pad", "dilations", "kernel_shape", "pads", "strides"];
const WINDOW = [...POOLED, "group"];

/** QLinearConv; its bias is counted in units of the scales of x and W. */
export const qLinearConv: TakeApart = (site) => {
  const { node, inputs, graph } = site;
  const [x, W] = [at(site, 0), at(site, 3)];
  const scale = mul(reshape(x.scale, [1]), W.scale.rank === 0 ? reshape(W.scale, [1]) : W.scale);
  const b = inputs[8] && dequantized(site, { x: inputs[8], scale, zero: undefined }, 0);
  const weights = dequantized(site, W, 0);
  const y = channelsFirst(site, dequantized(site, x), (signal, shape) =>
    standard(graph, node, "Conv", [signal, weights, b], kept(node, ...WINDOW), { dtype: signal.dtype, shape }),
  );
  return quantized(site, y, 6);
};

/** QLinearMatMul; there may be a scale for each row of A and for each column of B. */
export const qLinearMatMul: TakeApart = (site) => {
  const A = dequantized(site, at(site, 0), -2);
  return quantized(site, computed(site, "MatMul", [A, dequantized(site, at(site, 3), -1)]), 6);
};

/** QGemm: y = alpha A' B' + C, with C counted in units of alpha and the scales of A and B. */
export const qGemm: TakeApart = (site) => {
  const { node, inputs } = site;
  const [A, B] = [at(site, 0), at(site, 3)];
  const turned = site.at.int("transB", 0) === 1;
  const unit = mul(mul(reshape(A.scale, [1]), reshape(B.scale, [-1])), site.at.float("alpha", 1));
  const C = inputs[6] && dequantized(site, { x: inputs[6], scale: unit, zero: undefined }, -1);
  const factors = [dequantized(site, A), dequantized(site, B, turned ? 0 : 1)];
  const y = computed(site, "Gemm", [...factors, C], kept(node, "alpha", "transA", "transB"));
  return inputs[7] ? quantized(site, y, 7) : y;
};

/** QLinearAdd, QLinearMul. */
const ofTwo =
  (opType: "Add" | "Mul"): TakeApart =>
  (site) =>
    quantized(site, computed(site, opType, [dequantized(site, at(site, 0)), dequantized(site, at(site, 3))]), 6);

export const qLinearAdd = ofTwo("Add");
export const qLinearMul = ofTwo("Mul");

/** Operators of one input, whose output's scale is the fourth. */
const ofOne =
  (opType: string, ...attributes: string[]): TakeApart =>
  (site) =>
    quantized(site, computed(site, opType, [dequantized(site, at(site, 0))], kept(site.node, ...attributes)), 3);

export const qLinearLeakyRelu = ofOne("LeakyRelu", "alpha");
export const qLinearSigmoid = ofOne("Sigmoid");

/** MaxPool on integers with their channels last. */
export const nhwcMaxPool: TakeApart = (site) => {
  const { graph, node } = site;
  const pooled = (x: Value, shape: Shape | undefined) =>
    standard(graph, node, "MaxPool", [x], kept(node, "ceil_mode", ...POOLED), { dtype: x.dtype, shape });
  return channelsFirst(site, required(site, 0), pooled, true);
};

/** Pools, which may have their channels last. */
const pooled =
  (opType: string, ...attributes: string[]): TakeApart =>
  (site) => {
    const { graph, node } = site;
    const y = channelsFirst(site, dequantized(site, at(site, 0)), (x, shape) =>
      standard(graph, node, opType, [x], kept(node, ...attributes), { dtype: x.dtype, shape }),
    );
    return quantized(site, y, 3);
  };

export const qLinearGlobalAveragePool = pooled("GlobalAveragePool");
export const qLinearAveragePool = pooled(
  "AveragePool",
  "auto_pad",
  "ceil_mode",
  "count_include_pad",
  "kernel_shape",
  "pads",
  "strides",
);

export const qLinearReduceMean: TakeApart = (site) => {
  const { at: attributes, graph } = site;
  const axes = attributes.ints("axes", []);
  const inputs = [dequantized(site, at(site, 0)), axes.length > 0 ? graph.ints(axes) : undefined];
  return quantized(site, computed(site, "ReduceMean", inputs, { keepdims: attributes.int("keepdims", 1) }), 3);
};

/** QLinearSoftmax; before opset 13, softmax ran over all axes from one on. */
export const qLinearSoftmax: TakeApart = (site) => {
  const { at: attributes, graph } = site;
  const x = dequantized(site, at(site, 0));
  if (attributes.int("opset", 13) >= 13) {
    return quantized(site, computed(site, "Softmax", [x], { axis: attributes.int("axis", -1) }), 3);
  }
  const matrix = graph.emit("Flatten", [x], { axis: attributes.int("axis", 1) });
  return quantized(site, reshape(graph.emit("Softmax", [matrix], { axis: -1 }), x.dims), 3);
};

/** QLinearConcat: first the scale of the whole, then the parts. */
export const qLinearConcat: TakeApart = (site) => {
  const count = (site.inputs.length - 2) / 3;
  const parts = Array.from({ length: count }, (_, i) => dequantized(site, at(site, 2 + 3 * i)));
  return quantized(site, concat(parts, site.at.int("axis")), 0);
};

export const qLinearWhere: TakeApart = (site) => {
  const [a, b] = [dequantized(site, at(site, 1)), dequantized(site, at(site, 4))];
  return quantized(site, computed(site, "Where", [required(site, 0), a, b]), 7);
};

/** QAttention: Attention on integers; there may be a scale for each column of the weights. */
export const qAttention: TakeApart = (site) => {
  const [, , b, , , mask, xZero, wZero, past] = site.inputs;
  const x = dequantized(site, { x: required(site, 0), scale: required(site, 3), zero: xZero });
  const W = dequantized(site, { x: required(site, 1), scale: required(site, 4), zero: wZero }, 1);
  return attention({ ...site, inputs: [x, W, b, mask, past] });
};

/** ConvInteger, MatMulInteger: products of differences from the zero points, which are multiplied by the scales later. */
const ofIntegers =
  (opType: "Conv" | "MatMul", axes: readonly [number, number]): TakeApart =>
  (site) => {
    const { node, inputs, graph } = site;
    // only where they become floats next: what else is done to integers is not followed
    const becomes = site.readers(0).map((reader) => floatOf(reader));
    if (becomes.length === 0 || becomes.some((dtype) => dtype !== "float32")) return undefined;
    const one = graph.constant("float32", [], [1]);
    const [a, b] = axes.map((axis, i) =>
      dequantized(site, { x: required(site, i), scale: one, zero: inputs[2 + i] }, axis),
    );
    return standard(graph, node, opType, [a, b], opType === "Conv" ? kept(node, ...WINDOW) : {}, {
      dtype: "float32",
      shape: node.output.shape,
    });
  };

const floatOf = (reader: Node): DataType | undefined =>
  reader.domain === "" && reader.opType === "Cast" && isFloat(reader.output.dtype) ? reader.output.dtype : undefined;

export const convInteger = ofIntegers("Conv", [0, 0]);
export const matMulInteger = ofIntegers("MatMul", [-2, -1]);

/**
 * The product of what ConvInteger or MatMulInteger gives with both scales: each goes to the integers that it belongs to, so that
 * what is left is a layer of floats.
 *
 *   (x - zero) (W - zero_W) * (scale * scale_W)  =  (scale (x - zero)) (scale_W (W - zero_W))
 */
export const scaledIntegers: TakeApart = (site) => {
  const at = site.node.inputs.findIndex(isOfIntegers);
  const layer = site.inputs[at]?.producer?.inputs[0]?.producer;
  const scales = site.inputs[1 - at]?.producer;
  if (!layer || scales?.opType !== "Mul") return undefined;
  const [x, W] = layer.inputs.map((value) => value?.producer);
  const [own, fixed] = [...scales.inputs].sort((a, b) => Number(isConstant(a)) - Number(isConstant(b)));
  const areIntegers = [x, W].every((node) => node?.opType === "DequantizeLinear");
  if (!areIntegers || !own || !fixed || sizeOf(own.dims) > 1 || !isConstant(fixed)) return undefined;
  const scaled = (node: Node | undefined, scale: Value, axis: number) => {
    const [integers, , zero] = (node as Node).inputs;
    return dequantized(site, { x: integers as Value, scale, zero }, axis);
  };
  const { opType } = layer;
  const isConv = opType === "Conv";
  const inputs = [scaled(x, own, isConv ? 0 : -2), scaled(W, fixed, isConv ? 0 : -1)];
  return computed(site, opType, inputs, isConv ? kept(layer, ...WINDOW) : {});
};

const isConstant = (value: Value | undefined): boolean => value?.initializer !== undefined;

/** MatMulIntegerToFloat: y = A B + bias. */
export const matMulIntegerToFloat: TakeApart = (site) => {
  const { inputs } = site;
  const A = dequantized(site, { x: required(site, 0), scale: required(site, 2), zero: inputs[4] }, -2);
  const B = dequantized(site, { x: required(site, 1), scale: required(site, 3), zero: inputs[5] }, -1);
  return biased(computed(site, "MatMul", [A, B]), inputs[6]);
};

/** DynamicQuantizeMatMul: the same on floats, which are quantized by the range that they have. */
export const dynamicQuantizeMatMul: TakeApart = (site) => {
  const { inputs, graph, node } = site;
  const A = required(site, 0);
  const name = `${node.name || node.output.name}/dynamicquantizelinear`;
  const [x, scale, zero] = graph.intern({ name, opType: "DynamicQuantizeLinear", inputs: [A], attributes: new Map() }, [
    { name, dtype: "uint8", shape: A.shape },
    { name: `${name}:1`, dtype: "float32", shape: [] },
    { name: `${name}:2`, dtype: "uint8", shape: [] },
  ]).outputs as [Value, Value, Value];
  const B = dequantized(site, { x: required(site, 1), scale: required(site, 2), zero: inputs[3] }, -1);
  return biased(computed(site, "MatMul", [dequantized(site, { x, scale, zero }), B]), inputs[4]);
};

const biased = (y: Value, b: Value | undefined): Value => (b ? add(y, b) : y);

/** com.microsoft's own forms of ONNX's QuantizeLinear and DequantizeLinear. */
export const plainQuantization: TakeApart = (site) => {
  const { graph, node, inputs } = site;
  const type = { dtype: node.output.dtype, shape: node.output.shape };
  return standard(graph, node, node.opType, inputs, kept(node, "axis", "block_size"), type);
};
