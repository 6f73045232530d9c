import { describe, expect, it } from "vitest";
import { type DifferentiatedModel, type DifferentiateOptions, differentiate } from "./differentiate.js";
import type { Shape } from "./graph/tensor.js";
import { decodeModel } from "./onnx/decode.js";
import { encodeModel } from "./onnx/encode.js";
import { openSession } from "./onnx/open-session.js";
import type { ModelSource } from "./prepare/read-model.js";
import type { TensorValue } from "./session.js";
import { classifierOf, imageOf, mapsOf, noise, runtime, sourceOf } from "./testing/explaining.js";
import { networks } from "./testing/networks.js";
import { info, modelBytes, node, weight } from "./testing/small-models.js";

type Feeds = Readonly<Record<string, TensorValue>>;

const numbers = (value: TensorValue | undefined): number[] => Array.from(value?.data as Float32Array, Number);
const ints = (dims: Shape, ...values: number[]): TensorValue => ({
  dtype: "int64",
  dims,
  data: BigInt64Array.from(values, BigInt),
});

async function results(model: DifferentiatedModel, source: ModelSource, feeds: Feeds) {
  const session = await openSession(model, runtime, { weights: source.weights });
  try {
    return await session.run(
      feeds,
      session.outputs.map(({ name }) => name),
    );
  } finally {
    await session.release();
  }
}

/** Sum over v y, by the user's own file. */
async function scoreOf(bytes: Uint8Array, of: string, v: readonly number[]) {
  const session = await runtime.createSession(bytes);
  return {
    async at(feeds: Feeds): Promise<number> {
      const { [of]: y } = await session.run(feeds, [of]);
      return numbers(y).reduce((total, value, i) => total + value * (v[i] as number), 0);
    },
    release: () => session.release(),
  };
}

const STEP = 1e-2;

/** Compares gradients by inputs with central differences of the file itself. */
async function checkByInputs(bytes: Uint8Array, options: DifferentiateOptions, feeds: Feeds, v: readonly number[]) {
  const source = sourceOf(bytes);
  const model = await differentiate(source, runtime, options);
  const dims = model.graph.inputs.find(({ name }) => name === model.seed)?.dims ?? [];
  const found = await results(model, source, model.seed ? { ...feeds, [model.seed]: imageOf(dims, v) } : feeds);
  const score = await scoreOf(bytes, options.of, v);
  for (const name of [options.by].flat()) {
    const x = feeds[name] as TensorValue;
    const gradient = found[model.gradients[name] as string];
    expect(gradient?.dims, name).toEqual(x.dims);
    for (const [i, slope] of numbers(gradient).entries()) {
      const moved = (by: number) =>
        imageOf(
          x.dims,
          numbers(x).map((value, k) => (k === i ? value + by : value)),
        );
      const [above, below] = [
        await score.at({ ...feeds, [name]: moved(STEP) }),
        await score.at({ ...feeds, [name]: moved(-STEP) }),
      ];
      expect(slope, `${name}[${i}]`).toBeCloseTo((above - below) / (2 * STEP), 2);
    }
  }
  await score.release();
  return { model, found };
}

/** Mean squared error of a regression: two inputs, two weights. */
const regression = (W: readonly number[] = [0.5, -1, 0.25, 2, 1, -0.5], b: readonly number[] = [0.1, -0.2]) =>
  modelBytes({
    input: [info("x", "float32", [4, 3]), info("t", "float32", [4, 2])],
    output: [info("loss", "float32", []), info("y", "float32", [4, 2])],
    node: [
      node("MatMul", ["x", "W"], "product"),
      node("Add", ["product", "b"], "y"),
      node("Sub", ["y", "t"], "error"),
      node("Mul", ["error", "error"], "squared"),
      { ...node("ReduceMean", ["squared"], "loss"), attribute: [{ name: "keepdims", type: "INT", i: "0" }] },
    ],
    initializer: [weight("W", [3, 2], W), weight("b", [2], b)],
  });

const feedsOfRegression = { x: noise([4, 3], "x"), t: noise([4, 2], "t") };

describe("differentiate", () => {
  it("gives the gradient of a number by several inputs, next to the outputs", async () => {
    const { model, found } = await checkByInputs(regression(), { of: "loss", by: ["x", "t"] }, feedsOfRegression, [1]);
    expect(model.seed).toBeUndefined();
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(["x", "t"]);
    expect(Object.keys(found)).toEqual(["loss", "y", "gradient/x", "gradient/t"]);
    const session = await runtime.createSession(regression());
    const own = await session.run(feedsOfRegression, ["loss", "y"]);
    await session.release();
    for (const name of ["loss", "y"]) expect(found[name]).toEqual(own[name]);
  });

  it("gives the gradient by weights, which stay weights", async () => {
    const W = [0.5, -1, 0.25, 2, 1, -0.5];
    const source = sourceOf(regression(W));
    const model = await differentiate(source, runtime, { of: "loss", by: ["W", "b"] });
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(["x", "t"]);
    const found = await results(model, source, feedsOfRegression);
    for (const [i, slope] of numbers(found["gradient/W"]).entries()) {
      const lossAt = async (step: number) => {
        const score = await scoreOf(regression(W.map((w, k) => (k === i ? w + step : w))), "loss", [1]);
        return score.at(feedsOfRegression).finally(() => score.release());
      };
      expect(slope).toBeCloseTo(((await lossAt(STEP)) - (await lossAt(-STEP))) / (2 * STEP), 3);
    }
    // d loss / d b = 2 mean of the errors over the rows, of 8 elements
    const errors = numbers(found.y).map((y, i) => y - (numbers(feedsOfRegression.t)[i] as number));
    const expected = [0, 1].map((k) => errors.reduce((sum, e, i) => sum + (i % 2 === k ? (2 * e) / 8 : 0), 0));
    numbers(found["gradient/b"]).forEach((slope, k) => {
      expect(slope).toBeCloseTo(expected[k] as number, 5);
    });
  });

  it("computes in float32 what is in bfloat16, by weights too", async () => {
    // 0.5, -1, 0.25, 2, 1, -0.5 are exact in bfloat16
    const W = [0.5, -1, 0.25, 2, 1, -0.5];
    const halves = Uint16Array.from(W, (w) => (new Uint32Array(Float32Array.of(w).buffer)[0] as number) >>> 16);
    const stored = (type: "float32" | "bfloat16") =>
      modelBytes({
        input: [info("x", type, [4, 3])],
        output: [info("y", type, [4, 2])],
        node: [node("MatMul", ["x", "W"], "product"), node("Tanh", ["product"], "y")],
        initializer: [
          type === "float32"
            ? weight("W", [3, 2], W)
            : { name: "W", dataType: 16, dims: ["3", "2"], rawData: Buffer.from(halves.buffer).toString("base64") },
        ],
      });
    const gradients = async (type: "float32" | "bfloat16") => {
      const source = sourceOf(stored(type));
      const model = await differentiate(source, runtime, { of: "y", by: ["x", "W"] });
      const feeds = { x: noise([4, 3], "x"), "seed/y": noise([4, 2], "v") };
      const found = await results(model, source, feeds);
      return [found["gradient/x"], found["gradient/W"]];
    };
    expect(await gradients("bfloat16")).toEqual(await gradients("float32"));
  });

  it("weighs the elements of a tensor by a seed: sequences, normalization and attention", async () => {
    const axis = (name: string, i: number) => ({ name, type: "INT", i: `${i}` });
    const bytes = modelBytes({
      input: [info("x", "float32", [2, 3, 4])],
      output: [info("y", "float32", [2, 3, 4])],
      node: [
        { ...node("LayerNormalization", ["x", "scale", "shift"], "normal"), attribute: [axis("axis", -1)] },
        {
          ...node("Transpose", ["normal"], "keys"),
          attribute: [{ name: "perm", type: "INTS", ints: ["0", "2", "1"] }],
        },
        node("MatMul", ["normal", "keys"], "scores"),
        { ...node("Softmax", ["scores"], "attention"), attribute: [axis("axis", -1)] },
        node("MatMul", ["attention", "x"], "y"),
      ],
      initializer: [weight("scale", [4], [1, 0.5, 2, 1]), weight("shift", [4], [0, 0.1, 0, -0.1])],
    });
    const v = numbers(noise([24], "seed"));
    const { model } = await checkByInputs(bytes, { of: "y", by: "x" }, { x: noise([2, 3, 4]) }, v);
    expect(model.seed).toBe("seed/y");
    expect(model.graph.inputs.map(({ name, dims }) => [name, dims])).toEqual([
      ["x", [2, 3, 4]],
      ["seed/y", [2, 3, 4]],
    ]);
  });

  it("takes integer inputs for indices, and shapes that the file leaves open", async () => {
    const table = numbers(noise([10], "table"));
    const embedding = (values: readonly number[]) =>
      modelBytes({
        input: [info("ids", "int64", ["length"]), info("x", "float32", ["length", 2])],
        output: [info("y", "float32", ["length", 2])],
        node: [
          node("Gather", ["table", "ids"], "rows"),
          node("Mul", ["rows", "x"], "product"),
          node("Tanh", ["product"], "y"),
        ],
        initializer: [weight("table", [5, 2], values)],
      });
    const bytes = embedding(table);
    const inputShapes = { ids: [3], x: [3, 2] };
    const feeds = { ids: ints([3], 4, 1, 4), x: noise([3, 2]) };
    const v = numbers(noise([6], "seed"));
    const { found } = await checkByInputs(bytes, { of: "y", by: "x", inputShapes }, feeds, v);
    expect(Object.keys(found)).toEqual(["y", "gradient/x"]);

    const source = sourceOf(bytes);
    const model = await differentiate(source, runtime, { of: "y", by: "table", inputShapes });
    const { "gradient/table": gradient } = await results(model, source, { ...feeds, "seed/y": imageOf([3, 2], v) });
    for (const [i, slope] of numbers(gradient).entries()) {
      const at = async (step: number) => {
        const score = await scoreOf(embedding(table.map((t, k) => (k === i ? t + step : t))), "y", v);
        return score.at(feeds).finally(() => score.release());
      };
      expect(slope).toBeCloseTo(((await at(STEP)) - (await at(-STEP))) / (2 * STEP), 3);
    }
  });

  it("adds up what indices take twice, along any axis", async () => {
    const bytes = modelBytes({
      input: [info("x", "float32", [2, 3, 2]), info("ids", "int64", [2, 2])],
      output: [info("y", "float32", [2, 2, 2, 2])],
      node: [
        { ...node("Gather", ["x", "ids"], "taken"), attribute: [{ name: "axis", type: "INT", i: "1" }] },
        node("Sin", ["taken"], "y"),
      ],
    });
    const feeds = { x: noise([2, 3, 2]), ids: ints([2, 2], 0, 2, -1, 1) };
    await checkByInputs(bytes, { of: "y", by: "x" }, feeds, numbers(noise([16], "seed")));
  });

  it("takes tensors on the way", async () => {
    const source = sourceOf(regression());
    const model = await differentiate(source, runtime, { of: "squared", by: ["error", "product"] });
    const seed = numbers(noise([8], "seed"));
    const found = await results(model, source, { ...feedsOfRegression, "seed/squared": imageOf([4, 2], seed) });
    expect(Object.keys(found)).toEqual(["loss", "y", "gradient/error", "gradient/product"]);
    numbers(found.y).forEach((y, i) => {
      const expected = 2 * (y - (numbers(feedsOfRegression.t)[i] as number)) * (seed[i] as number);
      expect(numbers(found["gradient/error"])[i]).toBeCloseTo(expected, 5);
      expect(numbers(found["gradient/product"])[i]).toBeCloseTo(expected, 5);
    });
  });

  it.each<[string, string, string, (x: number) => number, (x: number) => number, opset?: number]>([
    ["a sum", "Exp", "Add", () => 1, () => 1],
    ["a product", "Relu", "Mul", (x) => Math.max(x, 0), (x) => Math.max(x, 0)],
    ["a quotient", "Exp", "Div", (x) => 1 / Math.exp(x), (x) => -1 / Math.exp(x)],
    ["a sum of nodes that opset 21 has in another form", "Softmax", "Add", () => 1, () => 1, 11],
  ])("takes twins on the way for two: %s", async (_, twin, joined, dya, dyb, opset) => {
    const dims = [1, 3, 1];
    const parts = {
      input: [info("x", "float32", dims)],
      output: [info("y", "float32", dims)],
      node: [node(twin, ["x"], "a"), node(twin, ["x"], "b"), node(joined, ["a", "b"], "y")],
    };
    const bytes = modelBytes(parts, opset);
    const source = sourceOf(bytes);
    const x = [0.5, -1, 2];
    const seed = [1, 2, -3];
    const feeds = { x: imageOf(dims, x), "seed/y": imageOf(dims, seed) };
    const both = await results(await differentiate(source, runtime, { of: "y", by: ["a", "b"] }), source, feeds);
    const one = await results(await differentiate(source, runtime, { of: "y", by: "a" }), source, feeds);
    expect(one["gradient/a"]).toEqual(both["gradient/a"]);
    for (const [i, xi] of x.entries()) {
      expect(numbers(both["gradient/a"])[i]).toBeCloseTo(dya(xi) * (seed[i] as number), 5);
      expect(numbers(both["gradient/b"])[i]).toBeCloseTo(dyb(xi) * (seed[i] as number), 5);
    }
    await expect(differentiate(source, runtime, { of: "a", by: "b" })).rejects.toThrow('"a" does not depend on "b"');
  });

  it("can be done again, for second derivatives", async () => {
    // y = sum of tanh(a x)  =>  y'' = -2 a^2 tanh(a x) (1 - tanh(a x)^2), on the diagonal
    const bytes = modelBytes({
      input: [info("x", "float32", [3])],
      output: [info("y", "float32", [])],
      node: [
        node("Mul", ["x", "a"], "ax"),
        node("Tanh", ["ax"], "t"),
        { ...node("ReduceSum", ["t"], "y"), attribute: [{ name: "keepdims", type: "INT", i: "0" }] },
      ],
      initializer: [weight("a", [3], [1, -2, 0.5])],
    });
    const first = encodeModel(await differentiate(sourceOf(bytes), runtime, { of: "y", by: "x" }));
    const source = sourceOf(first);
    const second = await differentiate(source, runtime, { of: "gradient/x", by: "x" });
    expect([second.seed, second.gradients]).toEqual(["seed/gradient/x", { x: "gradient/x_2" }]);
    const x = [0.3, -0.7, 1.5];
    const direction = [1, 2, -1];
    const feeds = { x: imageOf([3], x), "seed/gradient/x": imageOf([3], direction) };
    const found = await results(second, source, feeds);
    numbers(found["gradient/x_2"]).forEach((value, i) => {
      const a = [1, -2, 0.5][i] as number;
      const t = Math.tanh(a * (x[i] as number));
      expect(value).toBeCloseTo(-2 * a * a * t * (1 - t * t) * (direction[i] as number), 5);
    });
  });

  it("keeps large weights where they are, until it is encoded with them", async () => {
    const columns = 400;
    const W = Array.from({ length: columns }, (_, i) => Math.cos(i));
    const bytes = modelBytes({
      input: [info("x", "float32", [1, columns])],
      output: [info("y", "float32", [1, 1])],
      node: [node("MatMul", ["x", "W"], "y")],
      initializer: [weight("W", [columns, 1], W)],
    });
    const model = await differentiate(sourceOf(bytes), runtime, { of: "y", by: ["x", "W"] });
    expect(encodeModel(model).byteLength).toBeLessThan(4 * columns);
    const whole = encodeModel(model, { weights: (_, offset, length) => bytes.subarray(offset, offset + length) });
    const session = await runtime.createSession(whole);
    const x = noise([1, columns]);
    const found = await session.run({ x }, ["gradient/x", "gradient/W"]);
    await session.release();
    expect(found["gradient/x"]?.data).toEqual(Float32Array.from(W));
    expect(found["gradient/W"]).toEqual({ ...x, dims: [columns, 1] });
    expect(JSON.parse(model.metadata.get("limn.gradient") ?? "")).toEqual({
      of: "y",
      seed: null,
      gradients: { x: "gradient/x", W: "gradient/W" },
    });
  });

  it.each(Object.entries(networks))("gives what saliency is made of: %s", async (_, make) => {
    const bytes = make();
    const source = sourceOf(bytes);
    const classifier = await classifierOf(bytes);
    const image = noise(classifier.image.dims);
    const request = { method: "saliency", options: { reduce: "none" } };
    const [map] = await mapsOf(classifier, [request], image, 2);
    const output = decodeModel(bytes, "model").graph.outputs[0]?.name as string;
    // saliency is of the scores before a softmax or sigmoid
    const logits = /^(softmax|sigmoid)_out$/.test(output) ? "fc_out" : output;
    const model = await differentiate(source, runtime, { of: logits, by: "input" });
    const seed = imageOf([1, 5], [0, 0, 1, 0, 0]);
    const found = await results(model, source, { input: image, [model.seed as string]: seed });
    const expected = map?.values as Float32Array;
    const largest = Math.max(...expected.map(Math.abs));
    numbers(found["gradient/input"]).forEach((v, i) => {
      expect(Math.abs(v - (expected[i] as number)) / largest).toBeLessThan(1e-5);
    });
  });

  describe("refuses", () => {
    const odd = () =>
      modelBytes({
        input: [info("x", "float32", ["n", 3]), info("ids", "int64", [2]), info("free", "float32", [1])],
        output: [info("y", "float32"), info("steps", "float32"), info("det", "float32"), info("ids_too", "int64")],
        node: [
          node("ReduceSum", ["x"], "y"),
          node("Round", ["x"], "steps"),
          node("Det", ["square"], "det"),
          node("MatMul", ["turned", "x"], "square"),
          node("Transpose", ["x"], "turned"),
          node("Identity", ["ids"], "ids_too"),
          node("Relu", ["free"], "other"),
        ],
      });
    const given = { inputShapes: { x: [2, 3] } };

    it.each<[string, object | undefined, string]>([
      ["no options", undefined, "of: give a tensor's name; its fields are of, by, inputShapes, operators"],
      ["nothing to differentiate", { by: "x" }, "of: give a tensor's name"],
      ["nothing to differentiate by", { of: "y" }, "by: give a tensor's name, or a list of names"],
      ["a list of results", { of: ["y"], by: "x" }, "of: give a tensor's name"],
      ["a name that is none", { of: "y", by: [3] }, "by.0: give a tensor's name"],
      [
        "a shape in text",
        { of: "y", by: "x", inputShapes: { x: "2,3" } },
        "inputShapes.x: give a list of whole numbers",
      ],
      ["a misspelled option", { of: "y", by: "x", inputShape: {} }, 'unknown key "inputShape"'],
      ["a list of operators", { of: "y", by: "x", operators: [] }, "operators: give them by name, as in"],
    ])("options of the wrong kind: %s", async (_, options, message) => {
      const made = differentiate(sourceOf(odd()), runtime, options as DifferentiateOptions);
      await expect(made).rejects.toThrow(expect.objectContaining({ name: "LimnError", code: "bad-option" }));
      await expect(made).rejects.toThrow(message);
    });

    it.each<[string, DifferentiateOptions, string, string | RegExp]>([
      ["no tensor", { of: "y", by: [], ...given }, "bad-option", "by: it names no tensor; give one or more"],
      [
        "an unknown tensor",
        { of: "z", by: "x" },
        "bad-option",
        'the model has no tensor "z"; choose one of x, ids, free, y, ',
      ],
      [
        "a misspelled tensor",
        { of: "stesp", by: "x", ...given },
        "bad-option",
        'the model has no tensor "stesp"; did you mean "steps"',
      ],
      [
        "open sizes",
        { of: "y", by: "x" },
        "bad-option",
        'the model leaves sizes of its input "x" open: [n, 3]; give its whole shape, for example inputShapes: { "x": [1, 3] }',
      ],
      [
        "a shape that does not fit",
        { of: "y", by: "x", inputShapes: { x: [2, 4] } },
        "bad-option",
        'inputShapes: "x" is [2, 4]; the model takes [n, 3]',
      ],
      [
        "a shape that is none",
        { of: "y", by: "x", inputShapes: { x: [0, 3] } },
        "bad-option",
        'inputShapes: "x" is [0, 3]; give whole numbers of at least 1',
      ],
      [
        "a shape of no input",
        { of: "y", by: "x", inputShapes: { ix: [2, 3] } },
        "bad-option",
        'inputShapes: the model has no input "ix"; did you mean "x"',
      ],
      [
        "an integer tensor",
        { of: "y", by: "ids", ...given },
        "bad-option",
        '"ids" is of type int64, and only floating point tensors have gradients',
      ],
      ["an integer result", { of: "ids_too", by: "x", ...given }, "bad-option", '"ids_too" is of type int64'],
      [
        "independent tensors",
        { of: "y", by: "free", ...given },
        "not-applicable",
        '"y" does not depend on "free"; it depends on the inputs "x"',
      ],
      [
        "steps",
        { of: "steps", by: "x", ...given },
        "not-applicable",
        /"steps" depends on "x" only through piecewise constant operators/,
      ],
      [
        "an operator without a gradient",
        { of: "det", by: "x", inputShapes: { x: [3, 3] } },
        "unsupported",
        /^det \(Det\): no gradient/,
      ],
    ])("%s", async (_, options, code, message) => {
      const made = differentiate(sourceOf(odd()), runtime, options);
      await expect(made).rejects.toThrow(expect.objectContaining({ name: "LimnError", code }));
      await expect(made).rejects.toThrow(message);
    });
  });
});
