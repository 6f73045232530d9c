import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { compile } from "../compile/compile.js";
import type { MapRequest } from "../compile/compiled-map.js";
import { encodeForSaving } from "../compile/encode.js";
import { Graph, type Value } from "../graph/graph.js";
import { add, cast, expand, mean, mul, reshape, spatialAxes, square, sum } from "../graph/math.js";
import { classifierOf, explainOnce, mapsOf, noise } from "../testing/explaining.js";
import { deviation, mapOf } from "../testing/iterated.js";
import { residual } from "../testing/networks.js";
import { overChannels } from "./class-activation.js";
import { defineIteratedMethod, defineMethod } from "./define.js";
import type {
  BeginContext,
  EndContext,
  IteratedMethodDefinition,
  MethodContext,
  MethodDefinition,
  StepContext,
} from "./method.js";
import { findMethod } from "./registry.js";
import { zeros } from "./samples.js";

const FACTS = { summary: "for this test", source: "this test 2026", family: "my own", signed: () => true } as const;
const options = v.object({ factor: v.optional(v.pipe(v.number(), v.description("times the map")), 1) });
const NONE = v.object({});

/** Grad-CAM, again. */
const mine = defineMethod({
  ...FACTS,
  name: "mine",
  usesLayer: true,
  options,
  map: ({ score, layer: A, gradient }, { factor }) =>
    mul(overChannels(mul(mean(gradient(score, A), spatialAxes(A)), A), true), factor),
});

/** The image's squares, summed over as many steps. */
const squares = defineIteratedMethod({
  ...FACTS,
  name: "squares",
  usesLayer: false,
  options: v.object({ count: v.optional(v.number(), 3) }),
  steps: (_, { count }) => count,
  begin: ({ image }) => ({ total: zeros(image, image.dims) }),
  step: ({ image }, { total }) => ({ total: add(total, square(image)) }),
  end: (_, { total }) => sum(total, [1], false),
});

const classifier = await classifierOf(residual());
const image = noise(classifier.image.dims);

const ITERATED: IteratedMethodDefinition<typeof NONE, "total"> = {
  ...FACTS,
  name: "wrong",
  usesLayer: false,
  options: NONE,
  steps: () => 2,
  begin: ({ image }) => ({ total: zeros(image, image.dims) }),
  step: (_, { total }) => ({ total }),
  end: (_, { total }) => total,
};

const defined = (changes: object) =>
  defineMethod({ ...FACTS, name: "wrong", usesLayer: false, options: NONE, ...changes } as unknown as MethodDefinition<
    typeof NONE
  >);
const making = (map: (context: MethodContext) => unknown, changes: object = {}) => defined({ map, ...changes });
const compiled = (request: MapRequest) => () => compile(classifier, [request]);

describe("a method of one's own", () => {
  it("is taken wherever a name is, beside others, and gives the map that it defines", async () => {
    const requests = ["grad-cam", mine, { method: mine, options: { factor: 2 }, layer: "stage1" }];
    const full = requests.map((r) => (typeof r === "string" || "name" in r ? { method: r } : r));
    const [known, own, twice] = await mapsOf(classifier, full, image);
    expect(own?.values).toEqual(known?.values);
    expect(own?.request).toMatchObject({ output: "mine", method: "mine", name: "mine", signed: true });
    expect(own?.request.definition).toBe(mine);
    expect(twice?.request).toMatchObject({ output: "mine/stage1", options: { factor: 2 } });
  });

  it("runs the model many times, in pieces and in a Loop", async () => {
    const pieces = await mapOf(residual(), { method: squares }, image);
    const plane = pieces.values.length;
    const expected = Array.from({ length: plane }, (_, p) =>
      [0, 1, 2].reduce((total, c) => total + 3 * (image.data[c * plane + p] as number) ** 2, 0),
    );
    expect(deviation(pieces.values, expected)).toBeLessThan(1e-6);
    const loop = await mapOf(residual(), { method: squares }, image, { iterated: "loop" });
    expect(deviation(loop.values, expected)).toBeLessThan(1e-6);
  });

  it("may call what it hands on as it likes", async () => {
    const method = defineIteratedMethod({
      ...FACTS,
      name: "mine",
      usesLayer: false,
      options: NONE,
      steps: () => 2,
      begin: ({ image }) => ({ class: zeros(image, image.dims) }),
      step: ({ image, batch, classify }, state) => {
        const { score } = classify(expand(image, [batch, ...image.dims.slice(1)]));
        return { class: add(state.class, mul(image, sum(score, [0], false))) };
      },
      end: (_, state) => sum(state.class, [1], false),
    });
    const pieces = await mapOf(residual(), { method }, image);
    const loop = await mapOf(residual(), { method }, image, { iterated: "loop" });
    expect(deviation(loop.values, pieces.values)).toBeLessThan(1e-6);
  });

  it("is its name in JSON, as a saved file has it", () => {
    expect(JSON.stringify({ method: mine })).toBe('{"method":"mine"}');
    const bytes = encodeForSaving(compile(classifier, [{ method: mine }]), () => new Uint8Array());
    expect(new TextDecoder("latin1").decode(bytes)).toContain('"method":"mine"');
  });

  it("is found as it is; what is none is refused", () => {
    expect(findMethod(mine)).toEqual({ method: mine, name: "mine", preset: {} });
    expect(() => findMethod({ name: "loose" } as never)).toThrow(
      'method {"name":"loose"}: give a method\'s name, or what defineMethod or defineIteratedMethod gives',
    );
  });
});

describe("a wrong method is told by its name:", () => {
  it.each<[string, object, string]>([
    ["a name that is none", { name: "My Method", map: () => image }, "method My Method: name: give lowercase words"],
    ["a misspelled field", { map: () => image, usesLayers: true }, 'method wrong: unknown key "usesLayers"'],
    ["no map", {}, "method wrong: map: give a function; its fields are name, summary"],
    ["no options", { map: () => image, options: undefined }, "method wrong: options: give a v.object({ ... })"],
    ["options of no object", { map: () => image, options: v.map(v.string(), v.any()) }, "options: give a v.object({"],
    [
      "options that are no schema",
      { map: () => image, options: { entries: {}, "~run": 1 } },
      "options: give a v.object({",
    ],
    [
      "an option that is no schema",
      { map: () => image, options: v.object({ k: 1 as never }) },
      "options: give a v.obj",
    ],
    [
      "a variant that is none",
      { map: () => image, variants: { two: { x: 2 } } },
      'method wrong: variants.two has no option "x"; it has none',
    ],
    [
      "a variant of a wrong value",
      { map: () => image, options, variants: { two: { factor: "x" } } },
      'method wrong: variants.two.factor = "x": give a number',
    ],
    ...["image", "target", "logits", "probabilities", "explained"].map((name): [string, object, string] => [
      `the name ${name}`,
      { name, map: () => image },
      `method ${name}: name: the graph has a tensor of its own by that name; give another one`,
    ]),
  ])("%s", (_, changes, message) => {
    expect(() => defined(changes)).toThrow(message);
  });

  it("an unknown option, and one of a wrong value", () => {
    expect(compiled({ method: mine, options: { facter: 2 } })).toThrow(
      'mine has no option "facter"; did you mean "factor"?',
    );
    expect(compiled({ method: mine, options: { factor: "two" } })).toThrow('mine.factor = "two": ');
  });

  it("a map of the wrong shape or type, or none", () => {
    const advice = "give a floating point value [1, height, width], or one with channels";
    const flat = making(({ image }) => reshape(image, [1, -1]));
    expect(compiled({ method: flat })).toThrow(`method wrong: its map is float32 [1, 3072]; ${advice}`);
    const whole = making(({ image }) => cast(sum(image, [1], false), "int64"));
    expect(compiled({ method: whole })).toThrow(`method wrong: its map is int64 [1, 32, 32]; ${advice}`);
    const unbatched = making(({ image }) => reshape(image, [3, 32, 32]));
    expect(compiled({ method: unbatched })).toThrow("method wrong: its map is float32 [3, 32, 32]");
    const found: readonly [unknown, string][] = [
      [undefined, "undefined"],
      [null, "null"],
      [3, "3"],
      [[], "a list"],
      [{ maps: image }, "an object"],
      [Promise.resolve(), "a promise"],
      [{ map: Promise.resolve() }, "a promise"],
      [new Graph().constant("float32", [1, 1, 1], [0]), "a value of another graph"],
    ];
    for (const [made, what] of found) {
      expect(compiled({ method: making(() => made) })).toThrow(`method wrong: its map is ${what}; ${advice}`);
    }
  });

  it("a layer or a gradient that it does not declare", () => {
    expect(compiled({ method: making(({ layer }) => layer) })).toThrow(
      "method wrong: it reads `layer` but is defined without; define it with usesLayer: true, or read `attributed` if the layer is optional",
    );
    const still = making(({ score, image, gradient }) => gradient(score, image), { backward: "none" });
    expect(compiled({ method: still })).toThrow("method wrong: it calls `gradient` but is defined to take none");
  });

  it("something that it is not given", () => {
    const asking = making((context) => (context as unknown as { picture: Value }).picture);
    expect(compiled({ method: asking })).toThrow(
      'method wrong asks for "picture", which does not exist; choose one of image, channelAxis, score',
    );
  });

  const plane = ({ image }: Pick<MethodContext, "image">) => sum(image, [1], false);

  it.each<[string, (context: MethodContext) => unknown, string]>([
    [
      "a layer by its name",
      (c) => ({ map: plane(c), layer: "conv" }),
      "what it gives: layer: give a value of the graph",
    ],
    [
      "a misspelled field",
      (c) => ({ map: plane(c), residul: 1 }),
      'what it gives: unknown key "residul"; its fields are map',
    ],
    [
      "a residual that is none",
      (c) => ({ map: plane(c), residual: { value: 0, meaning: "" } }),
      "residual.value: give a",
    ],
    [
      "a residual of another shape",
      (c) => ({ map: plane(c), residual: { value: plane(c), meaning: "" } }),
      "its residual is float32 [1, 32, 32]; give a floating point value [1]",
    ],
    [
      "a gradient by a name",
      ({ score, gradient }) => gradient(score, "image" as never),
      'gradient(score, value) takes a value that is "image"; give a value of the graph',
    ],
    [
      "a gradient of no score",
      ({ image, gradient }) => gradient(image as never, image),
      "gradient(score, value) takes a score whose logits are undefined; give a value of the graph",
    ],
    [
      "a gradient by a value of another graph",
      ({ score, gradient }) => gradient(score, new Graph().constant("float32", [], [1])),
      "gradient(score, value) takes a value that is a value of another graph; give a value of the graph",
    ],
    [
      "relevance of the image",
      ({ image, relevance }) => relevance(image, image, { composite: "epsilon" }),
      "takes a seed that is float32 [1, 3, 32, 32]; give the relevance of the logits, float32 [1, 5]",
    ],
    [
      "relevance by no rules",
      ({ score, image, relevance }) => relevance(score.seed, image, undefined as never),
      'relevance(seed, value, propagation) takes a propagation; give { composite: "epsilon-plus" }',
    ],
    [
      "code that throws",
      () => {
        throw new TypeError("no such thing");
      },
      'its code threw "no such thing"; correct it there',
    ],
    ["axes that there are not", ({ image }) => sum(image, [7]), "[1,3,32,32] has no axes [7]"],
  ])("%s", (_, map, message) => {
    expect(compiled({ method: making(map) })).toThrow(expect.objectContaining({ code: "bad-option" }));
    expect(compiled({ method: making(map) })).toThrow(/^method wrong: /);
    expect(compiled({ method: making(map) })).toThrow(message);
  });

  it("a sign that is none", () => {
    expect(compiled({ method: making(plane, { signed: () => "x" }) })).toThrow(
      'method wrong: `signed` gives "x"; give true or false',
    );
  });

  const indicator = ({ image }: Pick<MethodContext, "image">) => ({
    name: "spread",
    value: sum(image, [1, 2, 3], false),
    largest: 1,
    advice: "take more samples",
  });

  it.each<[string, object, string]>([
    ["steps that are none", { steps: () => 0 }, "`steps` gives 0; give a whole number of at least 1"],
    ["steps in parts", { steps: () => 2.5 }, "`steps` gives 2.5; give a whole number of at least 1"],
    ["steps in text", { steps: () => "2" }, '`steps` gives "2"; give a whole number of at least 1'],
    [
      "a beginning that is none",
      { begin: () => undefined },
      "`begin` gives undefined; give values by name, one or more",
    ],
    ["a beginning with numbers", { begin: () => ({ total: 3 }) }, '`begin` makes "total" 3; give a value of the graph'],
    [
      "a key of other signs",
      { begin: () => ({ "a/b": 3 }) },
      '`begin` gives "a/b"; name it by letters, digits, _ and -',
    ],
    [
      "a beginning that classifies numbers",
      { begin: ({ classify }: BeginContext) => ({ total: classify(3 as never).score }) },
      "what it classifies is 3; give pictures [1, 3, 32, 32]: a step as many as `batch` says, ",
    ],
    [
      "a step that gives nothing",
      { step: () => undefined },
      "a step gives undefined; give values by name, one or more",
    ],
    [
      "a step that gives numbers",
      { step: () => ({ total: 3 }) },
      `a step gives "total" as 3; give float32 [1, 3, 32, 32], as \`begin\` does`,
    ],
    [
      "a step that classifies numbers",
      { step: ({ classify }: StepContext) => ({ total: classify(3 as never).score }) },
      "what it classifies is 3; give pictures [1, 3, 32, 32]: a step as many as `batch` says, ",
    ],
    [
      "an indicator that is none",
      { end: (c: EndContext) => ({ map: plane(c), indicators: [{ ...indicator(c), value: 1 }] }) },
      "what it gives: indicators.0.value: give a value of the graph",
    ],
    [
      "an indicator of another shape",
      { end: (c: EndContext) => ({ map: plane(c), indicators: [{ ...indicator(c), value: c.image }] }) },
      'its indicator "spread" is float32 [1, 3, 32, 32]; give a floating point value [1]',
    ],
    [
      "an indicator twice",
      { end: (c: EndContext) => ({ map: plane(c), indicators: [indicator(c), indicator(c)] }) },
      "what it gives: indicators: give each a name of its own",
    ],
    ["an end that is none", { end: () => null }, "its map is null; give a floating point value [1, height, width]"],
  ])("%s", (_, changes, message) => {
    const method = defineIteratedMethod({ ...ITERATED, ...changes } as typeof ITERATED);
    expect(compiled({ method })).toThrow(`method wrong: ${message}`);
  });

  it.each<[string, Partial<IteratedMethodDefinition<typeof NONE, string>>, string]>([
    [
      "a step that makes something else of what it is given",
      { step: (_, { total }) => ({ total: sum(total as Value, [1]) }) },
      'method wrong: a step gives "total" as float32 [1, 1, 32, 32]; give float32 [1, 3, 32, 32], as `begin` does',
    ],
    [
      "a step that gives what was not begun",
      { step: (_, { total }) => ({ totl: total as Value }) },
      'method wrong: a step gives "totl", which `begin` did not give; give only total',
    ],
    [
      "a step that asks for what was not begun",
      { step: (_, { sum }) => ({ total: sum as Value }) },
      'method wrong asks for "sum", which does not exist; choose one of total',
    ],
    [
      "pictures of another size",
      { step: ({ classify, image }) => ({ total: classify(sum(image, [1])).score }) },
      "method wrong: what it classifies is float32 [1, 1, 32, 32]; give pictures [1, 3, 32, 32]: a step",
    ],
    [
      "an end that is no map",
      { end: (_, { total }) => sum(total as Value, [1, 2, 3], false) },
      "method wrong: its map is float32 [1]",
    ],
  ])("%s", (_, changes, message) => {
    const method = defineIteratedMethod({ ...ITERATED, ...changes } as typeof ITERATED);
    expect(compiled({ method })).toThrow(message);
  });
});

it("a method that keeps channels has a map of the image's shape", async () => {
  const whole = making(({ image }) => image);
  const [explanation] = await explainOnce(classifier, [{ method: whole }], image);
  expect(explanation?.maps[0]?.values).toEqual(image.data);
});
