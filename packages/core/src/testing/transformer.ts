import type { Value } from "../graph/graph.js";
import { NetworkWriter } from "./networks.js";

/** Sizes of `transformer`: [1, CHANNELS, SIDE, SIDE] in patches of PATCH x PATCH. */
const [CHANNELS, SIDE, PATCH] = [3, 8, 4];
const [WIDTH, HEADS, TOKENS] = [8, 2, (SIDE / PATCH) ** 2 + 1];

/** A vision transformer in the manner of ViT: patches, a class token, positions, blocks, a norm, and a head on the class token. */
export function transformer({ blocks = 1 } = {}): Uint8Array {
  const net = new NetworkWriter("transformer", [1, CHANNELS, SIDE, SIDE]);
  const layer = (name: string, x: Value, [from, to]: readonly [number, number]) => {
    const product = net.node("MatMul", name, [x, net.weight(`${name}.W`, [from, to], from)]);
    return net.node("Add", `${name}.biased`, [product, net.random(`${name}.b`, [to], -0.3, 0.3)]);
  };
  const norm = (name: string, x: Value) =>
    net.node("LayerNormalization", name, [
      x,
      net.random(`${name}.w`, [WIDTH], 0.5, 1.5),
      net.random(`${name}.b`, [WIDTH], -0.3, 0.3),
    ]);
  const heads = (name: string, x: Value, perm: readonly number[]) => {
    const split = net.node("Reshape", `${name}.split`, [
      x,
      net.ints(`${name}.shape`, [1, TOKENS, HEADS, WIDTH / HEADS]),
    ]);
    return net.node("Transpose", `${name}.heads`, [split], { perm });
  };
  const attention = (name: string, x: Value) => {
    const of = (part: string, perm: readonly number[]) =>
      heads(`${name}.${part}`, layer(`${name}.${part}`, x, [WIDTH, WIDTH]), perm);
    const [Q, K, V] = [of("q", [0, 2, 1, 3]), of("k", [0, 2, 3, 1]), of("v", [0, 2, 1, 3])];
    const scale = net.constant(`${name}.scale`, [], [1 / Math.sqrt(WIDTH / HEADS)]);
    const scores = net.node("Mul", `${name}.scaled`, [net.node("MatMul", `${name}.qk`, [Q, K]), scale]);
    const A = net.node("Softmax", `${name}.softmax`, [scores], { axis: -1 });
    const mixed = net.node("Transpose", `${name}.back`, [net.node("MatMul", `${name}.mix`, [A, V])], {
      perm: [0, 2, 1, 3],
    });
    const joined = net.node("Reshape", `${name}.joined`, [mixed, net.ints(`${name}.joined.shape`, [1, TOKENS, WIDTH])]);
    return layer(`${name}.out`, joined, [WIDTH, WIDTH]);
  };

  const patches = net.node(
    "Conv",
    "patches",
    [net.image, net.weight("patches.W", [WIDTH, CHANNELS, PATCH, PATCH], CHANNELS * PATCH ** 2)],
    { kernel_shape: [PATCH, PATCH], strides: [PATCH, PATCH] },
  );
  const grid = net.node("Reshape", "grid", [patches, net.ints("grid.shape", [1, WIDTH, TOKENS - 1])]);
  const sequence = net.node("Transpose", "sequence", [grid], { perm: [0, 2, 1] });
  const started = net.node("Concat", "tokens", [net.random("class", [1, 1, WIDTH], -1, 1), sequence], { axis: 1 });
  let x = net.node("Add", "placed", [started, net.random("positions", [1, TOKENS, WIDTH], -1, 1)]);
  for (let i = 0; i < blocks; i++) {
    const name = `block${i}`;
    x = net.node("Add", `${name}.add1`, [x, attention(`${name}.attention`, norm(`${name}.norm1`, x))]);
    const hidden = net.node("Gelu", `${name}.gelu`, [layer(`${name}.up`, norm(`${name}.norm2`, x), [WIDTH, 12])]);
    x = net.node("Add", `${name}.add2`, [x, layer(`${name}.down`, hidden, [12, WIDTH])]);
  }
  const first = net.node("Gather", "first", [norm("norm", x), net.ints("first.index", [0])], { axis: 1 });
  return net.bytes(net.dense("head", net.flatten("flatten", first), [WIDTH, 5]));
}
