import type { Value } from "../graph/graph.js";
import { NetworkWriter } from "./networks.js";

/** Sizes of `transformer`: [1, CHANNELS, SIDE, SIDE] in patches of PATCH x PATCH. */
const [CHANNELS, SIDE, PATCH] = [3, 8, 4];
const [WIDTH, HEADS, PLACES] = [8, 2, (SIDE / PATCH) ** 2];

export interface TransformerOptions {
  readonly blocks?: number;
  /** How many images at a time. */
  readonly images?: number;
  /** How many tokens stand before those of the patches: the class token first. */
  readonly others?: number;
  /**
   * What the head reads: the first token; the last, where the others stand after the patches; the mean of all; or one token that
   * attention makes of all, as SigLIP does. Two heads read the first two tokens, and their mean counts, as in DeiT with distillation.
   */
  readonly head?: "first" | "last" | "two" | "mean" | "attention";
  /** Whether the patches are in an order that is not that of any grid. */
  readonly shuffled?: boolean;
  /** Whether blocks add to a grid, [images, WIDTH, h, w], and not to a sequence; only without others. */
  readonly addsToGrid?: boolean;
  /** Whether attention weights are rounded to integers and read as floats again, as quantizers write it. */
  readonly quantized?: boolean;
  /** What is added to an attention weight. */
  readonly nudge?: {
    readonly block: number;
    readonly head: number;
    readonly query: number;
    readonly key: number;
    readonly by: number;
  };
}

/**
 * A vision transformer in the manner of ViT: patches, a class token, positions, blocks, a norm, and a head.
 * have the same weights, whatever the number of blocks.
 */
export function transformer({
  blocks = 1,
  images = 1,
  others = 1,
  head = "first",
  shuffled = false,
  addsToGrid = false,
  quantized = false,
  nudge,
}: TransformerOptions = {}): Uint8Array {
  const TOKENS = PLACES + others;
  const net = new NetworkWriter("transformer", [images, CHANNELS, SIDE, SIDE]);
  const layer = (name: string, x: Value, [from, to]: readonly [number, number]) => {
    const product = net.node("MatMul", name, [x, net.weight(`${name}.W`, [from, to], from)]);
    return net.node("Add", `${name}.biased`, [product, net.random(`${name}.b`, [to], -0.3, 0.3)]);
  };
  const norming = (name: string) => {
    const weights = [net.random(`${name}.w`, [WIDTH], 0.5, 1.5), net.random(`${name}.b`, [WIDTH], -0.3, 0.3)];
    return (x: Value) => net.node("LayerNormalization", name, [x, ...weights]);
  };
  const heads = (name: string, x: Value, perm: readonly number[], tokens: number) => {
    const split = net.node("Reshape", `${name}.split`, [
      x,
      net.ints(`${name}.shape`, [images, tokens, HEADS, WIDTH / HEADS]),
    ]);
    return net.node("Transpose", `${name}.heads`, [split], { perm });
  };
  const nudged = (name: string, A: Value) => {
    if (!nudge || name !== `block${nudge.block}.attention`) return A;
    const by = new Float32Array(HEADS * TOKENS * TOKENS);
    by[(nudge.head * TOKENS + nudge.query) * TOKENS + nudge.key] = nudge.by;
    return net.node("Add", `${name}.nudged`, [A, net.constant(`${name}.nudge`, [1, HEADS, TOKENS, TOKENS], [...by])]);
  };
  const rounded = (name: string, A: Value) => {
    if (!quantized) return A;
    const step = net.constant(`${name}.step`, [], [1 / 255]);
    return net.node("DequantizeLinear", `${name}.floats`, [
      net.node("QuantizeLinear", `${name}.integers`, [A, step]),
      step,
    ]);
  };
  /** @param asking what the queries are made of, `queries` tokens: `x` itself, or a constant */
  const attention = (name: string, x: Value, asking = x, queries = TOKENS) => {
    const of = (part: string, perm: readonly number[], from = x, tokens = TOKENS) =>
      heads(`${name}.${part}`, layer(`${name}.${part}`, from, [WIDTH, WIDTH]), perm, tokens);
    const [Q, K, V] = [of("q", [0, 2, 1, 3], asking, queries), of("k", [0, 2, 3, 1]), of("v", [0, 2, 1, 3])];
    const scale = net.constant(`${name}.scale`, [], [1 / Math.sqrt(WIDTH / HEADS)]);
    const scores = net.node("Mul", `${name}.scaled`, [net.node("MatMul", `${name}.qk`, [Q, K]), scale]);
    const A = rounded(name, nudged(name, net.node("Softmax", `${name}.softmax`, [scores], { axis: -1 })));
    const mixed = net.node("Transpose", `${name}.back`, [net.node("MatMul", `${name}.mix`, [A, V])], {
      perm: [0, 2, 1, 3],
    });
    const joined = net.node("Reshape", `${name}.joined`, [
      mixed,
      net.ints(`${name}.joined.shape`, [images, queries, WIDTH]),
    ]);
    return layer(`${name}.out`, joined, [WIDTH, WIDTH]);
  };

  // drawn before the blocks, so that they are the same for any number of these
  const norm = norming("norm");
  const weightsOf = (name: string) => [
    net.weight(`${name}.weight`, [5, WIDTH], WIDTH),
    net.random(`${name}.bias`, [5], -0.1, 0.1),
  ];
  const [headWeights, secondWeights] = (head === "two" ? ["head", "head2"] : ["head"]).map(weightsOf);
  const patches = net.node(
    "Conv",
    "patches",
    [net.image, net.weight("patches.W", [WIDTH, CHANNELS, PATCH, PATCH], CHANNELS * PATCH ** 2)],
    { kernel_shape: [PATCH, PATCH], strides: [PATCH, PATCH] },
  );
  const grid = net.node("Reshape", "grid", [patches, net.ints("grid.shape", [images, WIDTH, PLACES])]);
  const inOrder = net.node("Transpose", "sequence", [grid], { perm: [0, 2, 1] });
  const sequence = shuffled
    ? net.node("Gather", "shuffled", [inOrder, net.ints("order", [2, 0, 3, 1])], { axis: 1 })
    : inOrder;
  const joined = () => {
    const all = [repeated(net, net.random("class", [1, others, WIDTH], -1, 1), images), sequence];
    return head === "last" ? all.reverse() : all;
  };
  const started = others > 0 ? net.node("Concat", "tokens", joined(), { axis: 1 }) : sequence;
  const turned = (name: string, x: Value) => net.node("Transpose", name, [x], { perm: [0, 2, 1] });
  const shaped = (name: string, x: Value, shape: readonly number[]) =>
    net.node("Reshape", name, [x, net.ints(`${name}.shape`, shape)]);
  const laid = (name: string, y: Value) =>
    addsToGrid ? shaped(`${name}.laid`, turned(`${name}.turned`, y), [images, WIDTH, SIDE / PATCH, SIDE / PATCH]) : y;
  const inRow = (name: string, y: Value) =>
    addsToGrid ? turned(`${name}.row`, shaped(`${name}.flat`, y, [images, WIDTH, PLACES])) : y;
  const placed = net.node("Add", "placed", [started, net.random("positions", [1, TOKENS, WIDTH], -1, 1)]);
  let x = laid("placed", placed);
  for (let i = 0; i < blocks; i++) {
    const name = `block${i}`;
    const asked = norming(`${name}.norm1`)(inRow(`${name}.in1`, x));
    x = net.node("Add", `${name}.add1`, [x, laid(`${name}.mixed`, attention(`${name}.attention`, asked))]);
    const normed = norming(`${name}.norm2`)(inRow(`${name}.in2`, x));
    const hidden = net.node("Gelu", `${name}.gelu`, [layer(`${name}.up`, normed, [WIDTH, 12])]);
    x = net.node("Add", `${name}.add2`, [x, laid(`${name}.made`, layer(`${name}.down`, hidden, [12, WIDTH]))]);
  }
  const last = norm(inRow("last", x));
  const token = (name: string, i: number) =>
    net.node("Gather", name, [last, net.ints(`${name}.index`, [i])], { axis: 1 });
  const classes = (name: string, x: Value, weights: readonly Value[] = []) =>
    net.node("Gemm", name, [net.flatten(`${name}.flatten`, x), ...weights], { transB: 1 });
  if (head === "two") {
    const two = [classes("head", token("first", 0), headWeights), classes("head2", token("second", 1), secondWeights)];
    return net.bytes(net.node("Mul", "mean", [net.node("Add", "sum", two), net.constant("half", [], [1 / 2])]));
  }
  const reading = {
    first: () => token("first", 0),
    last: () => token("last token", TOKENS - 1),
    mean: () => net.node("ReduceMean", "mean", [last, net.ints("mean.axes", [1])], { keepdims: 0 }),
    attention: () => attention("pool", last, repeated(net, net.random("probe", [1, 1, WIDTH], -1, 1), images), 1),
  };
  return net.bytes(classes("head", reading[head](), headWeights));
}

/** A constant for each image. */
function repeated(net: NetworkWriter, x: Value, images: number): Value {
  return images === 1 ? x : net.node("Concat", "classes", Array<Value>(images).fill(x), { axis: 0 });
}
