import { describe, expect, it } from "vitest";
import { compile } from "../compile/compile.js";
import type { MapRequest } from "../compile/compiled-map.js";
import { Explainer, type Explanation, type ExplanationMap } from "../explainer.js";
import type { Value } from "../graph/graph.js";
import { defineMethod } from "../methods/define.js";
import type { Combination } from "../methods/method.js";
import { methods } from "../methods/registry.js";
import type { TensorValue } from "../session.js";
import { classifierOf, explainOnce, imageOf, noise, runtime } from "../testing/explaining.js";
import { NetworkWriter, networks } from "../testing/networks.js";
import { transformer } from "../testing/transformer.js";
import { diagnose, firstNotFinite } from "./diagnose.js";
import { type Diagnosis, symptomOf } from "./diagnosis.js";

type Net = NetworkWriter;
const SHAPE = [1, 3, 8, 8];

/** A network of two convolutions, with its activations and its end as the test wants them. */
function network(parts: {
  bias?: number;
  activation?: (net: Net, name: string, x: Value) => Value;
  end?: (net: Net, pooled: Value) => Value;
}): Uint8Array {
  const { bias = 0.1, activation = (net, name, x) => net.relu(name, x), end } = parts;
  const net = new NetworkWriter("diagnose", SHAPE);
  const shift = (name: string) => net.constant(name, [4], [bias, bias, bias, bias]);
  const attributes = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  const first = net.node("Conv", "conv1", [net.image, net.weight("w1", [4, 3, 3, 3], 27)], attributes);
  const x = activation(net, "act1", first);
  const second = net.node("Conv", "conv2", [x, net.weight("w2", [4, 4, 3, 3], 36), shift("b2")], attributes);
  const pooled = net.flatten("flatten", net.globalPool("pool", activation(net, "act2", second)));
  return net.bytes(end ? end(net, pooled) : net.dense("fc", pooled, [4, 3]));
}

async function diagnosisOf(
  model: Uint8Array,
  request: MapRequest,
  image: TensorValue = noise(SHAPE),
): Promise<Diagnosis | undefined> {
  const classifier = await classifierOf(model);
  const [explanation] = await explainOnce(classifier, [request], image, [0]);
  const [map] = explanation?.maps ?? [];
  if (!explanation || !map) throw new Error("no map");
  return diagnose(classifier, runtime, image, explanation, map);
}

describe("symptomOf", () => {
  it.each([
    [[0, 0, 0], "all-zero"],
    [[2, 2, 2], "constant"],
    [[0, Number.NaN], "not-a-number"],
    [[0, Number.NEGATIVE_INFINITY], "not-a-number"],
    [[0, 1], undefined],
    [[3], undefined],
  ])("of %j is %s", (values, symptom) => {
    expect(symptomOf(Float32Array.from(values))).toBe(symptom);
  });
});

describe("diagnose", () => {
  it("finds nothing wrong with a map that shows something", async () => {
    for (const make of [networks.residual, networks.mobile]) {
      const classifier = await classifierOf(make());
      const image = noise(classifier.image.dims);
      const [explanation] = await explainOnce(classifier, [{ method: "saliency" }], image);
      const [map] = explanation?.maps ?? [];
      if (explanation && map) expect(await diagnose(classifier, runtime, image, explanation, map)).toBeUndefined();
    }
  });

  it("names the activation whose units are all inactive", async () => {
    expect(await diagnosisOf(network({ bias: -100 }), { method: "grad-cam" })).toEqual({
      symptom: "all-zero",
      tensor: "act2_out",
      message:
        'all activations at stage1 ("act2_out") are zero for this image: every unit is inactive; check the preprocessing (mean, std, channel order), or try another layer or method',
    });
  });

  it("names the activation that lets nothing of the image through", async () => {
    expect(await diagnosisOf(network({ bias: -100 }), { method: "saliency" })).toEqual({
      symptom: "all-zero",
      tensor: "act2_out",
      message:
        "act2 (Relu) is zero everywhere for this image: every unit is inactive, so the image has no influence on the score; check the preprocessing (mean, std, channel order), or the model",
    });
  });

  it("looks upstream of the layer for what died", async () => {
    const net = new NetworkWriter("upstream", SHAPE);
    const dead = net.relu(
      "dead",
      net.node("Add", "down", [net.conv("conv1", net.image, [3, 4]), net.constant("low", [], [-100])]),
    );
    // behind it there is nothing but the bias
    const A = net.relu("relu", net.conv("conv2", dead, [4, 4], { kernel: 1 }));
    const model = net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", A)), [4, 3]));
    for (const request of [{ method: "grad-cam", options: { relu: false } }, { method: "cam" }]) {
      const found = await diagnosisOf(model, request);
      expect([found?.symptom, found?.tensor]).toEqual(["constant", "dead_out"]);
      expect(found?.message).toMatch(/^dead \(Relu\) is zero everywhere for this image/);
    }
  });

  it("names what is behind a saturated sigmoid", async () => {
    const saturated = network({ bias: 200, activation: (net, name, x) => net.node("Sigmoid", name, [x]) });
    const found = await diagnosisOf(saturated, { method: "saliency" });
    expect(found).toMatchObject({ symptom: "all-zero", tensor: "conv2_out" });
    expect(found?.message).toMatch(/^the gradient is zero from conv2 \(Conv\) back to the image: .*saturated/);
  });

  it("looks past a branch that is dead while another one lives", async () => {
    const net = new NetworkWriter("branches", SHAPE);
    const x = net.conv("conv1", net.image, [3, 4]);
    const dead = net.relu("dead", net.node("Add", "down", [x, net.constant("low", [], [-100])]));
    const alive = net.node("Sigmoid", "alive", [net.node("Add", "up", [x, net.constant("high", [], [200])])]);
    const pooled = net.globalPool("pool", net.node("Add", "join", [dead, alive]));
    const model = net.bytes(net.dense("fc", net.flatten("flatten", pooled), [4, 3]));
    // both branches end at conv1; neither alone is the reason
    expect((await diagnosisOf(model, { method: "saliency" }))?.symptom).toBe("all-zero");
  });

  it("says that all is negative where the ReLU of Grad-CAM removes it", async () => {
    const against = network({
      end: (net, pooled) => net.node("Gemm", "fc", [pooled, net.constant("w", [4, 2], [-1, 1, -1, 1, -1, 1, -1, 1])]),
    });
    expect(await diagnosisOf(against, { method: "grad-cam" })).toEqual({
      symptom: "negative",
      tensor: "act2_out",
      message:
        'the weighted activations at stage1 ("act2_out") are negative everywhere and the ReLU removes them, so nothing there speaks for this class; set the option relu=false to see what speaks against it, or try another layer or target',
    });
    expect(await diagnosisOf(against, { method: "grad-cam", options: { relu: false } })).toBeUndefined();
  });

  it("says so where the ReLU of another method removes it, and not where only its gradient is negative", async () => {
    const against = network({
      end: (net, pooled) => net.node("Gemm", "fc", [pooled, net.constant("w", [4, 2], [-1, 1, -1, 1, -1, 1, -1, 1])]),
    });
    expect((await diagnosisOf(against, { method: "x-grad-cam" }))?.message).toMatch(/the ReLU removes them/);
    // one of the user's own is in no registry
    const { toJSON: _, ...known } = methods["grad-cam"];
    const method = defineMethod({ ...known, name: "own" } as never);
    expect((await diagnosisOf(against, { method }))?.message).toMatch(/the ReLU removes them/);
    // their weights are positive gradients only, and without the ReLU there is nothing either
    for (const method of ["grad-cam-plus-plus", "layer-cam"]) {
      for (const relu of [true, false]) {
        expect(await diagnosisOf(against, { method, options: { relu } })).toEqual({
          symptom: "negative",
          tensor: "act2_out",
          message:
            'the gradient at stage1 ("act2_out") is nowhere positive, so nothing there speaks for this class; use grad-cam with the option relu=false to see what speaks against it, or try another layer or target',
        });
      }
    }
  });

  it("does not blame the gradient for the map of a method that takes none", async () => {
    const indifferent = network({
      end: (net, pooled) => net.node("Gemm", "fc", [pooled, net.constant("w", [4, 2], new Array(8).fill(0))]),
    });
    const gray = imageOf([1, 3, 8, 8], new Float32Array(192).fill(0.3));
    const model = new NetworkWriter("flat", SHAPE);
    const A = model.relu("relu", model.conv("conv", model.image, [3, 4], { kernel: 1 }));
    const zeros = model.constant("zeros", [4, 2], new Array(8).fill(0));
    const pooled = model.flatten("flatten", model.globalPool("pool", A));
    const flat = model.bytes(model.node("Gemm", "fc", [pooled, zeros]));
    expect(await diagnosisOf(indifferent, { method: "eigen-cam" })).toBeUndefined();
    expect((await diagnosisOf(flat, { method: "eigen-cam" }, gray))?.message).toMatch(/has no spatial contrast/);
    expect((await diagnosisOf(flat, { method: "grad-cam" }, gray))?.message).toMatch(/^the gradient is zero/);
  });

  it("tells guided backpropagation's own dead ends from the gradient's", async () => {
    const against = network({
      end: (net, pooled) => net.node("Gemm", "fc", [pooled, net.constant("w", [4, 2], [-1, 1, -1, 1, -1, 1, -1, 1])]),
    });
    expect(await diagnosisOf(against, { method: "saliency" })).toBeUndefined();
    expect((await diagnosisOf(against, { method: "guided-backprop" }))?.message).toMatch(
      /^the gradient is zero from conv2 \(Conv\) back to the image/,
    );
  });

  it("explains a map without contrast", async () => {
    const net = new NetworkWriter("flat", SHAPE);
    const A = net.relu("relu", net.conv("conv", net.image, [3, 4], { kernel: 1 }));
    const model = net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", A)), [4, 3]));
    const gray = imageOf(SHAPE, new Float32Array(192).fill(0.3));
    for (const method of ["cam", "grad-cam"]) {
      const found = await diagnosisOf(
        model,
        { method, ...(method === "cam" ? {} : { options: { relu: false } }) },
        gray,
      );
      expect(found).toMatchObject({ symptom: "constant", tensor: "relu_out" });
      expect(found?.message).toBe(
        'every value of the map is the same: stage1 ("relu_out") has no spatial contrast for this image; try grad-cam at a shallower layer',
      );
    }
  });

  it("says that the image is empty", async () => {
    const black = imageOf(SHAPE, new Float32Array(192));
    for (const method of ["input-x-gradient", "cam"]) {
      expect((await diagnosisOf(network({}), { method }, black))?.message).toMatch(
        /^the preprocessed image is zero everywhere/,
      );
    }
  });

  it("names where the gradient stops being finite", async () => {
    // d sqrt(x) = 1 / (2 sqrt(x)) is infinite at 0, where the first ReLU is
    const root = network({ activation: (net, name, x) => net.node("Sqrt", `${name}.root`, [net.relu(name, x)]) });
    const found = await diagnosisOf(root, { method: "saliency" });
    expect(found).toMatchObject({ symptom: "not-a-number", tensor: "act2_out" });
    expect(found?.message).toMatch(/^the gradient by act2 \(Relu\) is not finite/);
  });

  it("says that all attention speaks against the class, or that the score does not see the row", async () => {
    const vit = transformer({ blocks: 2 });
    const classifier = await classifierOf(vit);
    const image = noise(classifier.image.dims);
    const method = "attention-grad-cam";
    expect(await diagnosisOf(vit, { method, options: { row: 3 } }, image)).toMatchObject({
      symptom: "negative",
      message: expect.stringMatching(/^nothing that token 3 attends to speaks for this class, .*leave out `row`/),
    });
    const messages: (string | undefined)[] = [];
    for (const target of [0, 1, 2, 3, 4]) {
      const [explanation] = (await explainOnce(classifier, [{ method }], image, [target])) as [Explanation];
      const found = await diagnose(classifier, runtime, image, explanation, explanation.maps[0] as ExplanationMap);
      if (found) messages.push(found.message);
    }
    expect(messages.length).toBeGreaterThan(0);
    for (const message of messages) {
      expect(message).toMatch(/^nothing that is attended to speaks for this class, .* or another target$/);
    }
  });

  async function diagnosisOfCombination(model: Uint8Array, request: MapRequest, combination: Combination) {
    const classifier = await classifierOf(model);
    const explainer = await Explainer.create(compile(classifier, [request], { combination }), runtime);
    const [explanation] = await explainer.explain(noise(SHAPE));
    await explainer.release();
    const [map] = explanation?.maps ?? [];
    if (!explanation || !map) throw new Error("no map");
    return diagnose(classifier, runtime, noise(SHAPE), explanation, map);
  }

  it("looks at the combination that is explained", async () => {
    const model = network({
      end: (net, pooled) => net.node("Gemm", "fc", [pooled, net.constant("w", [4, 2], [1, 2, 1, 2, 1, 2, 1, 2])]),
    });
    // y_0 - y_1 falls with every activation, and y_1 - y_0 rises
    const difference = { kind: "difference", of: 0, other: 1 } as const;
    expect(await diagnosisOfCombination(model, { method: "grad-cam" }, difference)).toMatchObject({
      symptom: "negative",
      message: expect.stringMatching(/the ReLU removes them, so nothing there speaks for what is explained;/),
    });
    const opposite = { kind: "difference", of: 1, other: 0 } as const;
    expect(await diagnosisOfCombination(model, { method: "grad-cam" }, opposite)).toBeUndefined();
  });

  it("says that a probability is too near 0 or 1 to change, where the class's logit does", async () => {
    const model = network({
      end: (net, pooled) =>
        net.node("Add", "shift", [
          net.node("Gemm", "fc", [pooled, net.constant("w", [4, 2], [1, 2, 1, 2, 1, 2, 1, 2])]),
          net.constant("far", [2], [500, -500]),
        ]),
    });
    const found = await diagnosisOfCombination(model, { method: "saliency" }, { kind: "probability", of: 0 });
    expect(found).toMatchObject({
      symptom: "all-zero",
      message: expect.stringMatching(
        /so near 0 or 1 that it does not change .* explain the class itself, without prob/,
      ),
    });
    expect(await diagnosisOf(model, { method: "saliency" })).toBeUndefined();
  });

  const positive = imageOf(
    SHAPE,
    Array.from({ length: 192 }, (_, i) => 0.1 + Math.sin(i) ** 2),
  );
  const behind = (opType: string): Uint8Array => {
    const net = new NetworkWriter("behind", SHAPE);
    const A = net.relu("relu", net.conv("conv", net.node(opType, "first", [net.image]), [3, 4]));
    return net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", A)), [4, 3]));
  };

  it.each([
    // log 0, where a window hides the picture
    ["occlusion", {}, "Log", "from step 1 of"],
    // roots of negative numbers, which the noise makes
    ["smooth-grad", { noise: 5, samples: 3 }, "Sqrt", "from step 1 of 3"],
  ])("names the node where %s stops being finite on its own pictures", async (method, options, opType, step) => {
    const found = await diagnosisOf(behind(opType), { method, options }, positive);
    expect(found).toMatchObject({ symptom: "not-a-number", tensor: "first_out" });
    expect(found?.message).toMatch(`the picture's own scores are finite, but what ${method} computes is not, ${step}`);
    expect(found?.message).toContain(
      `: first (${opType}) gives values that are not finite, although its inputs are; try other options of ${method}`,
    );
  });

  it("names the node where relevance stops being finite, while the gradient is", async () => {
    // the weights' squares overflow
    const large = [1, -1, 1, -1, 1, -1, 1, -1].map((w) => 1e20 * w);
    const end = (net: Net, pooled: Value) => net.node("Gemm", "fc", [pooled, net.constant("w", [4, 2], large)]);
    const model = network({ end });
    const composite = { name: "squares", entries: [{ rule: "w-square" }] };
    const found = await diagnosisOf(model, { method: "lrp", options: { composite } });
    expect(found).toMatchObject({ symptom: "not-a-number", tensor: undefined });
    expect(found?.message).toMatch(
      /^the scores are finite, but what lrp computes is not: \S*relevance\/fc\S* \(\w+\) gives values that are not finite/,
    );
    expect(await diagnosisOf(model, { method: "saliency" })).toBeUndefined();
  });
});

describe("firstNotFinite", () => {
  const notFinite = async (model: Uint8Array, image = noise(SHAPE)) =>
    firstNotFinite(await classifierOf(model), runtime, image);

  it("names weights that are not numbers", async () => {
    const found = await notFinite(network({ bias: Number.NaN }));
    expect(found?.tensor).toBe("b2");
    expect(found?.message).toMatch(/^the weights "b2" have values that are not finite: .* export the model again$/);
  });

  it("names large weights that lie in the file", async () => {
    const net = new NetworkWriter("large", SHAPE);
    const weights = Array.from({ length: 32 * 27 }, (_, i) => (i === 500 ? Number.POSITIVE_INFINITY : 0.1));
    const x = net.node("Conv", "conv", [net.image, net.constant("w", [32, 3, 3, 3], weights)]);
    const found = await notFinite(net.bytes(net.dense("fc", net.flatten("f", net.globalPool("p", x)), [32, 3])));
    expect(found?.tensor).toBe("w");
  });

  it("names the node that overflows", async () => {
    const model = network({ activation: (net, name, x) => net.node("Log", name, [net.relu(`${name}.relu`, x)]) });
    const found = await notFinite(model);
    expect(found?.tensor).toBe("act1_out");
    expect(found?.message).toMatch(/^act1 \(Log\) gives values that are not finite/);
  });

  it("names the image", async () => {
    const found = await notFinite(network({}), imageOf(SHAPE, new Float32Array(192).fill(Number.NaN)));
    expect(found).toEqual({
      tensor: "input",
      message: "the preprocessed image has values that are not finite; check mean and std of the preprocessing",
    });
  });

  it("finds nothing in a sound model", async () => {
    expect(await notFinite(network({}))).toBeUndefined();
  });
});
