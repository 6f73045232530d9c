import { describe, expect, it, vi } from "vitest";
import { Explainer } from "../explainer.js";
import { methods } from "../methods/registry.js";
import { decodeModel } from "../onnx/decode.js";
import { classifierOf, explainOnce, noise, runtime } from "../testing/explaining.js";
import { channelsLast, mobile, NetworkWriter, networks, residual } from "../testing/networks.js";
import { VERSION } from "../version.js";
import { type Compiled, compile } from "./compile.js";
import { chosenOptions } from "./compiled-map.js";
import { encodeForRunning, encodeForSaving } from "./encode.js";

const nodesOf = ({ model }: Compiled, opType: string) => model.graph.nodes.filter((n) => n.opType === opType);
const countOf = (compiled: Compiled, opType: string) => nodesOf(compiled, opType).length;
const outputsOf = ({ model }: Compiled) => model.graph.outputs.map((o) => o.name);

/** Every method at every stage. */
const EVERYTHING = [
  ...["saliency", "signed", "input-x-gradient", "guided-backprop", "cam"].map((method) => ({ method })),
  ...["stem", "stage1", "stage2", "stage3", "last"].map((layer) => ({ method: "grad-cam", layer })),
];

describe("compile", () => {
  it("goes on without a method that trips over the model, where refusals are taken", async () => {
    const classifier = await classifierOf(residual());
    const trips = vi.spyOn(methods["hires-cam"], "map").mockImplementation(() => {
      throw new TypeError("x is undefined");
    });
    const requests = [{ method: "saliency" }, { method: "hires-cam" }, { method: "grad-cam" }];
    const reasons: string[] = [];
    const compiled = compile(classifier, requests, { onRefused: (_, { message }) => reasons.push(message) });
    expect(outputsOf(compiled).slice(0, 2)).toEqual(["saliency", "grad-cam"]);
    expect(reasons).toEqual([expect.stringContaining("fails on this model: x is undefined; report")]);
    expect(() => compile(classifier, requests)).toThrow(TypeError);
    trips.mockRestore();
    // what is asked for wrongly is no refusal
    const wrong = [{ method: "grad-cam", layer: "nowhere" }];
    expect(() => compile(classifier, wrong, { onRefused: () => {} })).toThrow(/nowhere/);
  });

  it("shares one forward pass and one backward pass among all maps", async () => {
    const classifier = await classifierOf(residual());
    const forward = compile(classifier, []);
    const all = compile(classifier, EVERYTHING);
    expect(countOf(forward, "Conv")).toBe(9);
    expect(countOf(all, "Conv") + countOf(all, "ConvTranspose")).toBe(
      // forward, gradient, guided gradient
      9 + 9 + 9,
    );
    expect(countOf(all, "MaxPool")).toBeLessThanOrEqual(2);
    const gradient = compile(classifier, [{ method: "saliency" }]);
    const without = compile(
      classifier,
      EVERYTHING.filter(({ method }) => method !== "guided-backprop"),
    );
    for (const opType of ["Conv", "ConvTranspose", "MaxPool", "Greater"]) {
      expect(countOf(without, opType), opType).toBe(countOf(gradient, opType));
    }
  });

  it("gives each map its own output, the scores beside them, and nothing else", async () => {
    const compiled = compile(await classifierOf(residual()), EVERYTHING);
    expect(outputsOf(compiled)).toEqual([
      ...["saliency", "signed", "input-x-gradient", "guided-backprop", "cam"],
      ...["grad-cam/stem", "grad-cam/stage1", "grad-cam/stage2", "grad-cam/stage3", "grad-cam/last"],
      ...["logits", "probabilities", "explained", "cam/residual"],
    ]);
    expect(compiled.model.graph.inputs.map((i) => i.name)).toEqual(["image", "target"]);
    expect(compiled.maps.map((m) => m.layer?.stage)).toEqual([
      ...[undefined, undefined, undefined, undefined, "stage3"],
      ...["stem", "stage1", "stage2", "stage3", "stage3"],
    ]);
  });

  it("tells equal requests apart by number", async () => {
    const twice = [
      { method: "saliency" },
      { method: "saliency", options: { reduce: "signed" } },
      { method: "saliency" },
    ];
    const classifier = await classifierOf(channelsLast());
    expect(outputsOf(compile(classifier, twice, { scores: false }))).toEqual([
      "saliency",
      "saliency_2",
      "saliency_3",
      "explained",
    ]);
    const [explanation] = await explainOnce(classifier, twice, noise(classifier.image.dims));
    const [first, second, third] = explanation?.maps ?? [];
    expect(third?.values).toEqual(first?.values);
    expect(second?.values).not.toEqual(first?.values);
  });

  it("tells which options were chosen, and what a usual one came to", async () => {
    const { maps } = compile(await classifierOf(residual()), [
      { method: "grad-cam", options: { relu: false } },
      { method: "grad-cam", options: { relu: true } },
      { method: "clrp", options: { epsilon: 0.01 } },
      { method: "lrp" },
    ]);
    expect(maps.map(chosenOptions)).toEqual([{ relu: false }, {}, { epsilon: 0.01 }, { composite: "epsilon-plus" }]);
  });

  it("runs the forward pass only as far as a map needs it", async () => {
    const classifier = await classifierOf(residual());
    const early = compile(classifier, [{ method: "grad-cam", layer: "last" }]);
    expect(countOf(early, "Conv") + countOf(early, "ConvTranspose")).toBe(9);
  });

  it("leaves the classifier as it was", async () => {
    const classifier = await classifierOf(residual());
    const { nodes, inputs } = classifier.model.graph;
    const before = nodes.length;
    compile(classifier, EVERYTHING);
    compile(classifier, EVERYTHING);
    expect([nodes.length, inputs.length]).toEqual([before, 1]);
  });

  it.each([
    [{ method: "grad-kam" }, "bad-option", 'there is no method "grad-kam"; did you mean "grad-cam" or "x-grad-cam"?'],
    [{ method: "xyz" }, "bad-option", new RegExp(`choose one of (.+, )?${Object.keys(methods).join(", (.+, )?")}`)],
    [{ method: "grad-cam", layer: "stage12" }, "bad-option", 'there is no layer "stage12"'],
    [
      { method: "saliency", options: { reduc: "max" } },
      "bad-option",
      'saliency has no option "reduc"; did you mean "reduce"?',
    ],
    [{ method: "cam", options: { relu: true } }, "bad-option", 'cam has no option "relu"; it has none'],
    [{ method: "saliency", options: { reduce: "min" } }, "bad-option", /^saliency.reduce = "min": .*"max".*"none"/],
    [{ method: "grad-cam", options: { relu: "no" } }, "bad-option", /^grad-cam.relu = "no": give true or false/],
  ])("refuses %j", async (request, code, message) => {
    const classifier = await classifierOf(residual());
    expect(() => compile(classifier, [request])).toThrow(expect.objectContaining({ code }));
    expect(() => compile(classifier, [request])).toThrow(message);
  });

  it("names the operator that has no gradient", async () => {
    const net = new NetworkWriter("custom", [1, 3, 8, 8]);
    const x = net.node("NonZero", "where", [net.conv("conv", net.image, [3, 4])]);
    const counted = net.node("Cast", "cast", [net.node("ReduceSum", "sum", [x], { keepdims: 1 })], { to: 1 });
    const shaped = net.node("Reshape", "reshape", [counted, net.ints("shape", [1, 1])]);
    const classifier = await classifierOf(net.bytes(net.dense("fc", shaped, [1, 2])));
    expect(() => compile(classifier, [{ method: "saliency" }])).toThrow(
      expect.objectContaining({ name: "LimnError", message: expect.stringContaining("where (NonZero)") }),
    );
  });

  it("refuses a layer that the score depends on by piecewise constant operators only", async () => {
    const net = new NetworkWriter("steps", [1, 3, 8, 8]);
    const x = net.node("Sign", "sign", [net.conv("conv", net.image, [3, 4])]);
    const pooled = net.flatten("flatten", net.globalPool("pool", x));
    const classifier = await classifierOf(net.bytes(net.dense("fc", pooled, [4, 3])));
    expect(() => compile(classifier, [{ method: "grad-cam", layer: "conv" }])).toThrow(
      expect.objectContaining({ code: "not-applicable", message: expect.stringContaining("piecewise constant") }),
    );
  });
});

describe("encodeForSaving", () => {
  const neverRead = () => {
    throw new Error("all weights are in the bytes");
  };

  it.each(Object.entries(networks))("holds its weights and gives the same maps: %s", async (name, make) => {
    const bytes = make();
    const classifier = await classifierOf(bytes);
    const image = noise(classifier.image.dims);
    const requests = [{ method: "saliency" }, { method: "grad-cam" }];
    const compiled = compile(classifier, requests);
    const saved = encodeForSaving(compiled, (_, offset, length) => bytes.subarray(offset, offset + length));
    const session = await runtime.createSession(saved);
    expect(session.inputs.map((i) => [i.name, i.dtype, i.shape])).toEqual([
      ["image", "float32", classifier.image.dims],
      ["target", "int64", [1]],
    ]);
    const feeds = { image, target: { dtype: "int64", dims: [1], data: BigInt64Array.of(2n) } } as const;
    const results = await session.run(feeds, ["saliency", "grad-cam", "logits", "probabilities", "explained"]);
    await session.release();
    expect(results.explained).toEqual({ dtype: "int64", dims: [1], data: BigInt64Array.of(2n) });
    const [explanation] = await explainOnce(classifier, requests, image, [2]);
    for (const map of explanation?.maps ?? []) {
      expect(results[map.request.output]?.dims, name).toEqual([1, ...map.shape]);
      expect(results[map.request.output]?.data).toEqual(map.values);
    }
    expect(results.probabilities?.data).toEqual(explanation?.probabilities);
  });

  it("says in its metadata what it is", async () => {
    const bytes = residual();
    const compiled = compile(await classifierOf(bytes), [{ method: "grad-cam", layer: "stage2" }], { scores: false });
    const read = (_: string, offset: number, length: number) => bytes.subarray(offset, offset + length);
    const saved = decodeModel(encodeForSaving(compiled, read, { preprocessing: { size: 32 } }), "saved.onnx");
    const facts = Object.fromEntries(
      [...saved.metadata].map(([key, value]) => [key, key === "limn.version" ? value : JSON.parse(value)]),
    );
    expect(saved.producer).toBe("limn");
    expect(facts).toEqual({
      "limn.version": VERSION,
      "limn.maps": [
        {
          output: "grad-cam/stage2",
          method: "grad-cam",
          layer: { tensor: "layer2.relu2_out", stage: "stage2" },
          options: { relu: true },
          shape: [1, 4, 4],
          signed: false,
        },
      ],
      "limn.classes": 5,
      "limn.model": "model.onnx",
      "limn.preprocessing": { size: 32 },
    });
  });

  it("refers to the weights where it is for running, and reads them where it is for saving", async () => {
    const bytes = residual();
    const compiled = compile(await classifierOf(bytes), [{ method: "saliency" }]);
    expect(encodeForRunning(compiled).byteLength).toBeLessThan(bytes.byteLength / 2);
    expect(() => encodeForSaving(compiled, neverRead)).toThrow("all weights");
  });

  it("keeps its names where the user's own tensors have them", async () => {
    const net = new NetworkWriter("names", [1, 3, 8, 8]);
    const named = (name: string, opType: string, x: typeof net.image) => {
      const value = net.node(opType, name, [x]);
      net.graph.rename(value, name);
      return value;
    };
    let x = net.conv("conv", net.image, [3, 4]);
    for (const name of ["image", "target", "saliency", "grad-cam", "logits", "probabilities", "explained"])
      x = named(name, "Relu", x);
    const scores = net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 3]);
    const bytes = net.bytes(scores);
    const compiled = compile(await classifierOf(bytes), [{ method: "saliency" }, { method: "grad-cam" }]);
    const saved = encodeForSaving(compiled, (_, offset, length) => bytes.subarray(offset, offset + length));
    const session = await runtime.createSession(saved);
    expect(session.inputs.map((i) => i.name)).toEqual(["image", "target"]);
    expect(session.outputs.map((o) => o.name)).toEqual([
      ...["saliency", "grad-cam", "logits", "probabilities", "explained"],
    ]);
    await session.release();
    const explainer = await Explainer.create(compiled, runtime);
    const [explanation] = await explainer.explain(noise([1, 3, 8, 8]));
    expect(explanation?.maps.map((m) => m.shape)).toEqual([
      [8, 8],
      [8, 8],
    ]);
    await explainer.release();
  });

  it("gives probabilities by the function that the file ends in", async () => {
    for (const make of [mobile, networks.multiLabel, networks.vgg]) {
      const bytes = make();
      const classifier = await classifierOf(bytes);
      const image = noise(classifier.image.dims);
      const [explanation] = await explainOnce(classifier, [], image);
      const session = await runtime.createSession(bytes);
      const [output = { name: "" }] = session.outputs;
      const own = (await session.run({ input: image }, [output.name]))[output.name]?.data as Float32Array;
      await session.release();
      const found = classifier.scoreFunctionKnown ? explanation?.probabilities : explanation?.logits;
      found?.forEach((p, i) => {
        expect(p).toBeCloseTo(own[i] as number, 5);
      });
      const total = explanation?.probabilities.reduce((sum, p) => sum + p, 0);
      if (make === networks.multiLabel) expect(classifier.scoreFunction).toBe("sigmoid");
      else expect(total).toBeCloseTo(1, 5);
    }
  });
});
