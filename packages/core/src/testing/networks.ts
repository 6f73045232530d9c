import { type AttributeInit, attributesFrom } from "../graph/attributes.js";
import { Graph, type Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { type Shape, sizeOf, tensor } from "../graph/tensor.js";
import { encodeModel } from "../onnx/encode.js";
import { randomNumbers } from "./random.js";

/** Writes a network node by node, as an exporter would: no types but the input's, weights of a seed. */
export class NetworkWriter {
  readonly graph = new Graph();
  readonly image: Value;
  readonly #random: () => number;

  /** @param shape of the input, called `input` */
  constructor(seed: string, shape: Shape) {
    this.#random = randomNumbers(seed);
    this.image = this.graph.addInput("input", "float32", shape);
  }

  /** A node whose first output has the node's name with `_out` appended. */
  node(opType: string, name: string, inputs: readonly Value[], attributes: AttributeInit = {}, domain = ""): Value {
    const init = { name, opType, domain, inputs, attributes: attributesFrom(attributes) };
    return this.graph.append(init, [{ name: `${name}_out`, dtype: undefined, shape: undefined }]).output;
  }

  constant(name: string, dims: Shape, values: readonly number[]): Value {
    return this.graph.addInitializer(name, tensor("float32", dims, values));
  }

  ints(name: string, values: readonly number[]): Value {
    return this.graph.addInitializer(name, tensor("int64", [values.length], values));
  }

  /** Uniform numbers from [low, high]. */
  random(name: string, dims: Shape, low: number, high: number): Value {
    const draw = () => low + (high - low) * this.#random();
    return this.constant(name, dims, Array.from({ length: sizeOf(dims) }, draw));
  }

  /** Weights of He's variance, so that activations keep their scale. */
  weight(name: string, dims: Shape, fanIn: number): Value {
    const limit = Math.sqrt(6 / fanIn);
    return this.random(name, dims, -limit, limit);
  }

  /** A convolution that keeps the size at stride 1 (kernel 1 or 3). */
  conv(
    name: string,
    x: Value,
    [from, to]: readonly [number, number],
    { kernel = 3, stride = 1, group = 1, bias = true } = {},
  ): Value {
    const fanIn = (from / group) * kernel ** 2;
    const parameters = [this.weight(`${name}.weight`, [to, from / group, kernel, kernel], fanIn)];
    if (bias) parameters.push(this.random(`${name}.bias`, [to], -0.1, 0.1));
    const attributes = {
      kernel_shape: [kernel, kernel],
      pads: Array.from({ length: 4 }, () => (kernel - 1) / 2),
      strides: [stride, stride],
      group,
    };
    return this.node("Conv", name, [x, ...parameters], attributes);
  }

  batchNorm(name: string, x: Value, channels: number): Value {
    const perChannel = (role: string, low: number, high: number) =>
      this.random(`${name}.${role}`, [channels], low, high);
    return this.node("BatchNormalization", name, [
      x,
      perChannel("scale", 0.5, 1.5),
      perChannel("shift", -0.2, 0.2),
      perChannel("mean", -0.2, 0.2),
      perChannel("variance", 0.5, 1.5),
    ]);
  }

  /** A fully connected layer with the weights as PyTorch stores them, [to, from]. */
  dense(name: string, x: Value, [from, to]: readonly [number, number], bias = true): Value {
    const parameters = [this.weight(`${name}.weight`, [to, from], from)];
    if (bias) parameters.push(this.random(`${name}.bias`, [to], -0.1, 0.1));
    return this.node("Gemm", name, [x, ...parameters], { transB: 1 });
  }

  relu = (name: string, x: Value): Value => this.node("Relu", name, [x]);

  maxPool = (name: string, x: Value): Value =>
    this.node("MaxPool", name, [x], { kernel_shape: [2, 2], strides: [2, 2] });

  globalPool = (name: string, x: Value): Value => this.node("GlobalAveragePool", name, [x]);

  flatten = (name: string, x: Value): Value => this.node("Flatten", name, [x]);

  /** The finished network's bytes. */
  bytes(...outputs: readonly Value[]): Uint8Array {
    return encodeModel(this.model(...outputs));
  }

  model(...outputs: readonly Value[]): Model {
    this.graph.outputs.push(...outputs);
    return { graph: this.graph, irVersion: 10, opsets: new Map([["", 21]]), producer: "limn", metadata: new Map() };
  }
}

/** A residual network in the manner of ResNet: a strided stem, max-pooling, three stages, GAP and one dense layer. */
export function residual({ batch = 1, bias = true } = {}): Uint8Array {
  const net = new NetworkWriter("residual", [batch, 3, 32, 32]);
  let x = net.relu("stem.relu", net.conv("stem.conv", net.image, [3, 8], { stride: 2, bias }));
  x = net.maxPool("stem.pool", x);
  let from = 8;
  for (const [stage, to] of [8, 16, 32].entries()) {
    const name = `layer${stage + 1}`;
    const stride = stage === 0 ? 1 : 2;
    const inner = net.relu(`${name}.relu1`, net.conv(`${name}.conv1`, x, [from, to], { stride, bias }));
    const outer = net.conv(`${name}.conv2`, inner, [to, to], { bias });
    const shortcut = stage === 0 ? x : net.conv(`${name}.shortcut`, x, [from, to], { kernel: 1, stride, bias });
    x = net.relu(`${name}.relu2`, net.node("Add", `${name}.add`, [outer, shortcut]));
    from = to;
  }
  const features = net.flatten("flatten", net.globalPool("pool", x));
  return net.bytes(net.dense("fc", features, [32, 5], bias));
}

/** Two convolutions and a max-pooling, twice, then two dense layers. */
export function vgg(): Uint8Array {
  const net = new NetworkWriter("vgg", [1, 3, 16, 16]);
  let x = net.image;
  let from = 3;
  for (const [block, to] of [8, 16].entries()) {
    for (const i of [1, 2]) {
      const name = `block${block + 1}.${i}`;
      x = net.relu(`${name}.relu`, net.conv(`${name}.conv`, x, [from, to]));
      from = to;
    }
    x = net.maxPool(`block${block + 1}.pool`, x);
  }
  const hidden = net.relu("fc1.relu", net.dense("fc1", net.flatten("flatten", x), [256, 12]));
  return net.bytes(net.dense("fc2", hidden, [12, 5]));
}

/** Depthwise separable convolutions with batch normalization left unfolded, ReLU6 as Clip, and Softmax at the end. */
export function mobile(): Uint8Array {
  const net = new NetworkWriter("mobile", [1, 3, 16, 16]);
  const [low, high] = [net.constant("zero", [], [0]), net.constant("six", [], [6])];
  const block = (name: string, x: Value, channels: readonly [number, number], options: object) => {
    const convolved = net.conv(`${name}.conv`, x, channels, { bias: false, ...options });
    return net.node("Clip", `${name}.clip`, [net.batchNorm(`${name}.bn`, convolved, channels[1]), low, high]);
  };
  let x = block("stem", net.image, [3, 8], { stride: 2 });
  x = block("dw1", x, [8, 8], { group: 8 });
  x = block("pw1", x, [8, 16], { kernel: 1 });
  x = block("dw2", x, [16, 16], { group: 16, stride: 2 });
  x = block("pw2", x, [16, 24], { kernel: 1 });
  const scores = net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [24, 5]);
  return net.bytes(net.node("Softmax", "softmax", [scores], { axis: 1 }));
}

/** A fire module, then a 1x1 convolution to the classes before the pool, in the manner of SqueezeNet. */
export function squeeze(): Uint8Array {
  const net = new NetworkWriter("squeeze", [1, 3, 16, 16]);
  const stem = net.maxPool("stem.pool", net.relu("stem.relu", net.conv("stem.conv", net.image, [3, 8])));
  const squeezed = net.relu("fire.squeeze.relu", net.conv("fire.squeeze", stem, [8, 4], { kernel: 1 }));
  const narrow = net.relu("fire.expand1.relu", net.conv("fire.expand1", squeezed, [4, 8], { kernel: 1 }));
  const wide = net.relu("fire.expand3.relu", net.conv("fire.expand3", squeezed, [4, 8]));
  const joined = net.node("Concat", "fire.concat", [narrow, wide], { axis: 1 });
  const maps = net.relu("classes.relu", net.conv("classes", joined, [16, 5], { kernel: 1 }));
  return net.bytes(net.flatten("flatten", net.globalPool("pool", maps)));
}

/** Independent classes: ends in Sigmoid. */
export function multiLabel(): Uint8Array {
  const net = new NetworkWriter("multi-label", [1, 3, 16, 16]);
  const x = net.relu("relu", net.conv("conv", net.image, [3, 12], { stride: 2 }));
  const scores = net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [12, 5]);
  return net.bytes(net.node("Sigmoid", "sigmoid", [scores]));
}

/** Takes its images as [N, H, W, C], as TensorFlow's exports do. */
export function channelsLast(): Uint8Array {
  const net = new NetworkWriter("channels last", [1, 16, 16, 3]);
  const turned = net.node("Transpose", "to_nchw", [net.image], { perm: [0, 3, 1, 2] });
  const x = net.relu("relu", net.conv("conv", turned, [3, 12], { stride: 2 }));
  return net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [12, 5]));
}

/** All of the above, by name. */
export const networks = { residual: () => residual(), vgg, mobile, squeeze, multiLabel, channelsLast };
