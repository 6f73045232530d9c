import { LimnError } from "../../error.js";
import { type AttributeInit, float } from "../../graph/attributes.js";
import type { Value } from "../../graph/graph.js";
import { mul, scalar, sigmoid, transpose } from "../../graph/math.js";
import { required, type Site } from "../upgrade-opset/upgrade.js";
import { standard, type TakeApart } from "./part.js";

// What ONNX Runtime's optimizer joins a layer, its bias and its activation to.

/** FusedConv: y = activation(W * x + B + Z). */
export const fusedConv: TakeApart = (site) => {
  const { node, at, inputs, graph } = site;
  const [x, W, B, Z] = [required(site, 0), required(site, 1), inputs[2], inputs[3]];
  const kept = ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"];
  const attributes = Object.fromEntries(kept.map((name) => [name, node.attributes.get(name)]));
  const { dtype } = x;
  const z = standard(graph, node, "Conv", [x, W, B], attributes, { dtype, shape: node.output.shape });
  const [first, second] = at.floats("activation_params", []);
  return activated(site, Z ? plus(site, z, Z) : z, at.string("activation", ""), first, second);
};

/** FusedGemm: y = activation(alpha A' B' + beta C). */
export const fusedGemm: TakeApart = (site) => {
  const { node, at, inputs, graph } = site;
  const attributes: AttributeInit = {
    alpha: node.attributes.get("alpha"),
    beta: node.attributes.get("beta"),
    transA: node.attributes.get("transA"),
    transB: node.attributes.get("transB"),
  };
  const A = required(site, 0);
  const type = { dtype: A.dtype, shape: node.output.shape };
  const z = standard(graph, node, "Gemm", [A, required(site, 1), inputs[2]], attributes, type);
  return activated(
    site,
    z,
    at.string("activation", ""),
    given(site, "activation_alpha"),
    given(site, "activation_beta"),
  );
};

const given = ({ at }: Site, name: string): number | undefined => (at.has(name) ? at.float(name) : undefined);

/** FusedMatMul, TransposeMatMul: y = alpha A' B'; FusedMatMulActivation has an activation too. */
export const fusedMatMul: TakeApart = (site) => {
  const { node, at, graph } = site;
  const A = turned(required(site, 0), at.int("transA", 0) === 1, at.int("transBatchA", 0) === 1);
  const B = turned(required(site, 1), at.int("transB", 0) === 1, at.int("transBatchB", 0) === 1);
  const type = { dtype: A.dtype, shape: node.output.shape };
  const product = standard(graph, node, "MatMul", [A, B], {}, type);
  const alpha = at.float("alpha", 1);
  const z = alpha === 1 ? product : mul(product, alpha);
  return activated(
    site,
    z,
    at.string("activation", ""),
    given(site, "activation_alpha"),
    given(site, "activation_beta"),
  );
};

/**
 * A factor as MatMul takes it.
 * @param within whether rows and columns change places
 * @param outside whether the first axis stands before the batch, [rows, ...batch, columns]
 */
function turned(x: Value, within: boolean, outside: boolean): Value {
  if ((!within && !outside) || x.rank < 2) return x;
  const axes = x.dims.map((_, axis) => axis);
  const last = x.rank - 1;
  const batchFirst = outside ? [...axes.slice(1, last), 0, last] : axes;
  const [row, column] = batchFirst.slice(-2) as [number, number];
  return transpose(x, [...batchFirst.slice(0, -2), ...(within ? [column, row] : [row, column])]);
}

/** x + b, whatever is known of their shapes. */
const plus = ({ node, graph }: Site, x: Value, b: Value): Value =>
  standard(graph, node, "Add", [x, b], {}, { dtype: x.dtype, shape: node.output.shape });

/** Activations by ONNX's names, with what their first and second parameters are called. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  Celu: ["alpha"],
  Elu: ["alpha"],
  HardSigmoid: ["alpha", "beta"],
  HardSwish: [],
  LeakyRelu: ["alpha"],
  Mish: [],
  Relu: [],
  Selu: ["alpha", "gamma"],
  Sigmoid: [],
  Softplus: [],
  Softsign: [],
  Tanh: [],
  ThresholdedRelu: ["alpha"],
};

function activated(site: Site, z: Value, name: string, first?: number, second?: number): Value {
  const { node, graph } = site;
  const type = { dtype: z.dtype, shape: z.shape };
  if (name === "") return z;
  if (name === "Clip") {
    const bound = (value: number | undefined) => (value === undefined ? undefined : scalar(value, z));
    return standard(graph, node, "Clip", [z, bound(first), bound(second)], {}, type);
  }
  const parameters = PARAMETERS[name];
  if (parameters) {
    const values = parameters.map((parameter, i) => [parameter, [first, second][i]] as const);
    const attributes = values.map(([parameter, value]) => [parameter, value === undefined ? undefined : float(value)]);
    return standard(graph, node, name, [z], Object.fromEntries(attributes), type);
  }
  throw new LimnError(
    "unsupported",
    `${node.label}: Limn does not know its activation "${name}"; explain the file from before ONNX Runtime optimized it`,
  );
}

/** Gelu and BiasGelu: y = x Phi(x), of x + b where there is a bias. */
export const gelu: TakeApart = (site) => bent(site, "none");

/** FastGelu: the same with Phi by tanh. */
export const fastGelu: TakeApart = (site) => bent(site, "tanh");

function bent(site: Site, approximate: "none" | "tanh"): Value {
  const { node, inputs, graph } = site;
  const x = required(site, 0);
  const biased = inputs[1] ? plus(site, x, inputs[1]) : x;
  return standard(graph, node, "Gelu", [biased], { approximate }, { dtype: x.dtype, shape: x.shape });
}

/** QuickGelu: y = x sigmoid(alpha x). */
export const quickGelu: TakeApart = (site) => {
  const x = required(site, 0);
  const alpha = site.at.float("alpha", 1.702);
  return mul(x, sigmoid(alpha === 1 ? x : mul(x, alpha)));
};

/** GridSample of com.microsoft: ONNX's own, whose modes are called as for pictures. */
export const gridSample: TakeApart = (site) => {
  const { node, at, graph } = site;
  const mode = { bilinear: "linear", bicubic: "cubic" }[at.string("mode", "bilinear")] ?? at.string("mode");
  const attributes = {
    mode,
    padding_mode: node.attributes.get("padding_mode"),
    align_corners: node.attributes.get("align_corners"),
  };
  const [x, grid] = [required(site, 0), required(site, 1)];
  return standard(graph, node, "GridSample", [x, grid], attributes, { dtype: x.dtype, shape: node.output.shape });
};
