import { LimnError } from "../error.js";
import type { Node, Value } from "../graph/graph.js";
import { type Model, opsetOf } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { operatorsWithin } from "../onnx/subgraphs.js";
import { operators } from "../ops/registry.js";
import { restate } from "./restate.js";
import { takenApart } from "./take-apart.js";
import { celu, swish } from "./upgrade-opset/activation.js";
import { attention, rotaryEmbedding } from "./upgrade-opset/attention.js";
import {
  axes,
  clipBounds,
  dropoutRatio,
  padSizes,
  sliceRanges,
  splitSizes,
  topCount,
  transformAxis,
} from "./upgrade-opset/attributes-to-inputs.js";
import { cumulativeProduct, tensorScatter } from "./upgrade-opset/indexing.js";
import {
  batchNormalization,
  groupNormalization,
  meanVarianceNormalization,
  rmsNormalization,
} from "./upgrade-opset/normalization.js";
import { gridSampleMode, resize, resizeByScales, upsample } from "./upgrade-opset/resize.js";
import { matrixSoftmax } from "./upgrade-opset/softmax.js";
import { refuse, type Site, type Upgrade } from "./upgrade-opset/upgrade.js";

/** The operator set in which everything after prepare/ works. */
export const DIALECT = 21;

const OLDEST = 7;
const NEWEST = 28;

/** The form that an operator had in the opsets [since, until). */
interface Form {
  readonly since: number;
  readonly until: number;
  readonly upgrade: Upgrade;
}

const before = (until: number, upgrade: Upgrade): Form => ({ since: OLDEST, until, upgrade });
const from = (since: number, upgrade: Upgrade): Form => ({ since, until: NEWEST + 1, upgrade });

const renamed =
  (opType: string): Upgrade =>
  ({ node, inputs, graph }) =>
    restate(node, inputs, graph, { opType });

const without =
  (...names: string[]): Upgrade =>
  ({ node, inputs, graph }) =>
    restate(node, inputs, graph, { without: names });

const TOO_NEW = `is newer than opset ${DIALECT}, the one that Limn works in; export the model again with opset_version=${DIALECT} or lower`;

const tooNew = refuse(TOO_NEW);

const BITS =
  "reads the bits of numbers as another type, which has no gradient, and opset 21 has no such operator; export the model without it";

/**
 * Every form that differs from that of opset 21. Operators that are missing here have only gained types, or attributes with
 * defaults.
 */
const FORMS: Readonly<Record<string, readonly Form[]>> = {
  Attention: [from(23, attention)],
  BatchNormalization: [from(OLDEST, batchNormalization)],
  BitCast: [from(26, refuse(BITS))],
  Cast: [from(24, without("round_mode"))],
  CausalConvWithState: [from(27, tooNew)],
  Celu: [from(28, celu)],
  Clip: [before(11, clipBounds)],
  CumProd: [from(26, cumulativeProduct)],
  DequantizeLinear: [from(23, without("output_dtype"))],
  DFT: [before(20, transformAxis)],
  Dropout: [before(12, dropoutRatio)],
  GridSample: [before(20, gridSampleMode)],
  GroupNormalization: [before(21, groupNormalization)],
  Hardmax: [before(13, matrixSoftmax)],
  LinearAttention: [from(27, tooNew)],
  LogSoftmax: [before(13, matrixSoftmax)],
  MeanVarianceNormalization: [from(OLDEST, meanVarianceNormalization)],
  Pad: [before(11, padSizes)],
  QuantizeLinear: [from(23, without("precision"))],
  ReduceL1: [before(18, axes)],
  ReduceL2: [before(18, axes)],
  ReduceLogSum: [before(18, axes)],
  ReduceLogSumExp: [before(18, axes)],
  ReduceMax: [before(18, axes)],
  ReduceMean: [before(18, axes)],
  ReduceMin: [before(18, axes)],
  ReduceProd: [before(18, axes)],
  ReduceSum: [before(13, axes)],
  ReduceSumSquare: [before(18, axes)],
  Resize: [before(11, resizeByScales), from(11, resize)],
  RMSNormalization: [from(23, rmsNormalization)],
  RotaryEmbedding: [from(23, rotaryEmbedding)],
  Scan: [before(9, refuse("Scan before opset 9 had another meaning; export the model again with opset_version=17"))],
  Scatter: [before(11, renamed("ScatterElements"))],
  Slice: [before(10, sliceRanges)],
  Softmax: [before(13, matrixSoftmax)],
  Split: [before(18, splitSizes)],
  Squeeze: [before(13, axes)],
  SwiGLU: [from(28, tooNew)],
  Swish: [from(24, swish)],
  TensorScatter: [from(24, tensorScatter)],
  TopK: [before(10, topCount)],
  Unsqueeze: [before(13, axes)],
  Upsample: [from(OLDEST, upsample)],
};

const REWRITTEN = "yes, by the operators that it is rewritten as when a model is loaded";

/** Operators that the dialect lacks, and whether a gradient can pass them, for docs/operators.md. */
export const beyondDialect: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...Object.entries(FORMS).map(([name, forms]) => {
      const refusal = forms.find(({ upgrade }) => upgrade.refuses !== undefined)?.upgrade.refuses;
      return [name, refusal === undefined ? REWRITTEN : `no: it ${refusal}`] as const;
    }),
    ...takenApart.map((name) => [name, REWRITTEN] as const),
  ].filter(([name]) => !Object.hasOwn(operators, name)),
);

const upgradeOf = (opType: string, opset: number): Upgrade | undefined =>
  FORMS[opType]?.find(({ since, until }) => since <= opset && opset < until)?.upgrade;

/** @throws LimnError `unsupported` for models of an operator set that Limn can't read */
export function checkOpset(model: Model): void {
  const opset = opsetOf(model);
  if (opset >= OLDEST && opset <= NEWEST) return;
  throw new LimnError(
    "unsupported",
    `the model is written in ONNX operator set ${opset}, but Limn reads ${OLDEST} to ${NEWEST}; export it with opset_version=17, or convert it with onnx.version_converter.convert_version(model, 17)`,
  );
}

/**
 * Writes a model in opset 21, with one form of each operator.
 *
 * Requires: an opset that passes checkOpset; inferred types, as far as they are known.
 * Ensures: opset 21; BatchNormalization in inference form; no Upsample, Scatter, Swish, Attention, RotaryEmbedding,
 * RMSNormalization, MeanVarianceNormalization.
 * @throws LimnError `unsupported` for what opset 21 can't express
 */
export function upgradeOpset(model: Model): Model {
  const opset = opsetOf(model);
  const read = new Set<Value>(model.graph.outputs);
  for (const node of model.graph.nodes) for (const value of node.reads()) read.add(value);

  const { graph } = rewrite(model.graph, (node, inputs, target) => {
    if (node.domain !== "") return undefined;
    refuseOldSubgraph(node, opset);
    const isRead = (i: number) => read.has(node.outputs[i] as Value);
    const site: Site = { node, at: node.at, inputs, graph: target, isRead };
    return upgradeOf(node.opType, opset)?.(site);
  });
  return { ...model, graph, irVersion: 10, opsets: new Map([...model.opsets, ["", DIALECT]]) };
}

/** The bodies of If, Loop and Scan stay as they are, so they must not need an upgrade. */
function refuseOldSubgraph(node: Node, opset: number): void {
  const outdated = operatorsWithin(node).find((opType) => upgradeOf(opType, opset));
  if (!outdated) return;
  throw new LimnError(
    "unsupported",
    `${node.label}: its body uses ${outdated} in the form of opset ${opset}, and Limn can't rewrite bodies; export the model without control flow (a fixed input size often removes it) or with opset_version=${DIALECT}`,
  );
}
