import { type Classifier, defaultMethods, usualMethods } from "@limn/core";
import { describe, expect, it } from "vitest";
import { classifierOf } from "../../core/src/testing/explaining.js";
import { NetworkWriter, networks } from "../../core/src/testing/networks.js";
import { transformer } from "../../core/src/testing/transformer.js";
import { compileRequests } from "./requests.js";

const residual = await classifierOf(networks.residual());
const STAGES = ["stem", "stage1", "stage2", "stage3"];
const outputs = (options: Parameters<typeof compileRequests>[1], classifier = residual) =>
  compileRequests(classifier, options).compiled.maps.map(({ output }) => output);

describe("compileRequests", () => {
  it("takes every method that fits, and says why others are left out", async () => {
    expect(outputs({ methods: "all" })).toEqual(usualMethods(residual));
    const { compiled, warnings } = compileRequests(await classifierOf(networks.vgg()), { methods: "all" });
    expect(compiled.maps.map(({ output }) => output)).toEqual(usualMethods(residual).filter((name) => name !== "cam"));
    expect(warnings).toEqual([expect.stringMatching(/^left out cam: .*use grad-cam/)]);
  });

  it("takes a few methods by default, one of them at a finer stage than the last", async () => {
    const finer = (stage: string) => defaultMethods.map((name) => (name === "layer-cam" ? `layer-cam/${stage}` : name));
    expect(outputs({})).toEqual(finer("stage2"));
    expect(outputs({ layers: ["stage1"] })).toEqual(
      defaultMethods.map((name) => (name === "saliency" ? name : `${name}/stage1`)),
    );
    // no finer stage
    const net = new NetworkWriter("single", [1, 3, 8, 8]);
    const pooled = net.globalPool("pool", net.relu("relu", net.conv("conv", net.image, [3, 4])));
    const single = await classifierOf(net.bytes(net.dense("fc", net.flatten("flatten", pooled), [4, 2])));
    expect(outputs({}, single)).toEqual(defaultMethods.filter((name) => name !== "layer-cam"));
  });

  it("refuses a method that was named and does not fit", async () => {
    const vgg = await classifierOf(networks.vgg());
    expect(() => compileRequests(vgg, { methods: ["cam"] })).toThrow(
      expect.objectContaining({ code: "not-applicable" }),
    );
  });

  describe("says of layers", () => {
    const writer = () => new NetworkWriter("cautions", [1, 3, 16, 16]);
    const ended = (net: NetworkWriter, x: ReturnType<NetworkWriter["conv"]>) =>
      classifierOf(net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [8, 3])));
    const project = (net: NetworkWriter) =>
      net.conv("project", net.relu("wide", net.conv("widen", net.image, [3, 16])), [16, 8]);
    const warningsOf = async (
      classifier: ReturnType<typeof ended>,
      methods: string[],
      layers?: string[],
    ): Promise<string[]> => compileRequests(await classifier, { methods, ...(layers ? { layers } : {}) }).warnings;

    it("that maps of the activation before a projection are not where cam's is", async () => {
      const net = writer();
      const warnings = await warningsOf(ended(net, project(net)), ["cam", "grad-cam", "relevance-cam"]);
      expect(warnings).toEqual([
        'cam is made at "project_out", to which the class\'s own weights belong, and the other methods at "wide_out", the activations that it is computed from',
      ]);
      const again = writer();
      expect(await warningsOf(ended(again, project(again)), ["cam"])).toEqual([]);
    });

    it("once, that the sign of maps means little where values have both", async () => {
      const net = writer();
      const x = net.relu("relu", net.conv("conv", net.image, [3, 8]));
      const sum = net.node("Add", "sum", [x, net.conv("inner", x, [8, 8])]);
      const classifier = ended(net, sum);
      const caution = [expect.stringMatching(/^grad-cam, relevance-cam: the values at "sum_out" have both signs/)];
      expect(await warningsOf(classifier, ["grad-cam", "relevance-cam"])).toEqual(caution);
      expect(await warningsOf(classifier, ["saliency", "lrp"])).toEqual([]);
      expect(await warningsOf(classifier, ["relevance-cam"], ["relu"])).toEqual([]);
    });

    it("that a transformer's only known grid is its first layer, where that was not asked for", async () => {
      const net = writer();
      const patches = net.conv("patches", net.image, [3, 8], { stride: 2 });
      const rows = net.node("Reshape", "rows", [patches, net.ints("rows.shape", [1, 8, 64])]);
      const tokens = net.node("Transpose", "tokens", [rows], { perm: [0, 2, 1] });
      const order = Array.from({ length: 64 }, (_, i) => (i * 5) % 64);
      let x = net.node("Gather", "shuffle", [tokens, net.ints("order", order)], { axis: 1 });
      for (const name of ["one", "two", "three"]) {
        x = net.node("Gelu", `${name}.gelu`, [net.node("MatMul", name, [x, net.weight(`${name}.weight`, [8, 8], 8)])]);
      }
      const mean = net.node("ReduceMean", "mean", [x, net.ints("axes", [1])], { keepdims: 0 });
      const classifier = classifierOf(net.bytes(net.dense("fc", mean, [8, 3])));
      const caution = [expect.stringMatching(/^the default layer "patches_out" lies at 20 % of the network's depth/)];
      expect(await warningsOf(classifier, ["grad-cam", "saliency"])).toEqual(caution);
      expect(await warningsOf(classifier, ["grad-cam"], ["last"])).toEqual(caution);
      const signs = [expect.stringMatching(/^grad-cam: the values at "patches_out" have both signs/)];
      expect(await warningsOf(classifier, ["grad-cam"], ["patches"])).toEqual(signs);
      expect(await warningsOf(classifier, ["saliency"])).toEqual([]);
    });

    it("that the signs of tokens mislead relevance", async () => {
      const classifier = classifierOf(transformer({ blocks: 2 }));
      expect(await warningsOf(classifier, ["grad-cam", "relevance-cam"])).toEqual([
        expect.stringMatching(/^relevance-cam: the values at "block1.norm1_out" have both signs/),
      ]);
    });
  });

  it("says which grid methods of attention assume where none was followed to the tokens", async () => {
    const caution =
      /^rollout, legrad: which places of the picture the 5 tokens .* 1 without a place and then 2 x 2 in reading order are assumed; .* --grid HEIGHT,WIDTH/;
    const shuffled = transformer({ blocks: 2, shuffled: true });
    const warningsOf = (classifier: Classifier) =>
      compileRequests(classifier, { methods: ["rollout", "legrad", "saliency"] }).warnings;
    expect(warningsOf(await classifierOf(shuffled))).toEqual([expect.stringMatching(caution)]);
    expect(warningsOf(await classifierOf(shuffled, { grid: [2, 2] }))).toEqual([]);
    expect(warningsOf(await classifierOf(transformer({ blocks: 2 })))).toEqual([]);
  });

  it("says a reason that several methods have once", async () => {
    const { warnings } = compileRequests(await classifierOf(transformer()), { methods: "all" });
    expect(warnings).toContainEqual(
      expect.stringMatching(/^left out guided-backprop, deconvnet: the model has no ReLU/),
    );
  });

  it("makes methods with layers at each of them", () => {
    expect(outputs({ methods: ["grad-cam", "saliency"], layers: ["stage2", "last"] })).toEqual([
      "grad-cam/stage2",
      "grad-cam/last",
      "saliency",
    ]);
  });

  it("makes methods with layers at every stage, and takes no others there", () => {
    expect(outputs({ methods: ["grad-cam", "lrp"], layers: ["stages"] })).toEqual(
      ["grad-cam", "lrp"].flatMap((method) => STAGES.map((stage) => `${method}/${stage}`)),
    );
    const all = outputs({ methods: "all", layers: ["stages"] });
    expect(all).toContain("relevance-cam/stage1");
    expect(all.every((output) => STAGES.some((stage) => output.endsWith(`/${stage}`)))).toBe(true);
    expect(() => outputs({ methods: ["saliency"], layers: ["stages"] })).toThrow(
      /^saliency is not made at a layer that can be chosen.*grad-cam/,
    );
  });

  it("makes methods without layers of a network without stages, and says why the others are left out", async () => {
    const net = new NetworkWriter("flat", [1, 1, 4, 4]);
    const flat = await classifierOf(net.bytes(net.dense("fc", net.flatten("flatten", net.image), [16, 3])));
    for (const layer of ["stages", "last", "0"]) {
      const { compiled, warnings } = compileRequests(flat, { layers: [layer] });
      expect(compiled.maps.map(({ output }) => output)).toContain("saliency");
      expect(warnings).toContainEqual(
        expect.stringMatching(/^left out grad-cam, .*: the model has no activation with spatial extent/),
      );
      expect(() => compileRequests(flat, { methods: ["grad-cam"], layers: [layer] })).toThrow(
        "the model has no activation with spatial extent; use a method that needs no layer, such as saliency",
      );
    }
  });

  it("makes a layer that is named twice once, whether by itself or as a stage", () => {
    const layers = ["stage2", "stages", "last"];
    expect(outputs({ methods: ["grad-cam"], layers })).toEqual(
      ["stage2", "stem", "stage1", "stage3", "last"].map((layer) => `grad-cam/${layer}`),
    );
  });

  it("hands options to their methods", () => {
    const { compiled } = compileRequests(residual, {
      methods: ["saliency", "grad-cam"],
      options: { "grad-cam": { relu: false } },
    });
    expect(compiled.maps.map(({ signed }) => signed)).toEqual([false, true]);
  });

  it.each([
    [
      "a method that is not chosen",
      { methods: ["saliency"], options: { "grad-cam": { relu: false } } },
      /grad-cam, which is not one of the chosen methods \(saliency\)/,
    ],
    ["an unknown method with options", { options: { salience: {} } }, /no method "salience"; did you mean "saliency"/],
    [
      "an unknown option",
      { options: { saliency: { reduse: "none" } } },
      /saliency has no option "reduse"; did you mean "reduce"/,
    ],
    ["an unknown layer", { layers: ["stag2"] }, /no layer "stag2"; did you mean/],
    ["stages in capitals", { layers: ["Stages"] }, /no layer "Stages"; did you mean "stages"/],
  ])("refuses %s", (_, options, message) => {
    expect(() => compileRequests(residual, options)).toThrow(
      expect.objectContaining({ code: "bad-option", message: expect.stringMatching(message) }),
    );
  });
});
