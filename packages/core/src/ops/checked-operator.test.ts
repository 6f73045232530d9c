import { describe, expect, it } from "vitest";
import { checkedOperator } from "./checked-operator.js";
import { type Operator, piecewiseConstant, stop } from "./operator.js";

const slope = () => undefined as never;

/** A whole definition of each kind, as JavaScript would write it. */
const activation = {
  inputs: ["x", "bound?"],
  gradient: { x: slope, bound: stop("no bound; choose another") },
  relevance: "pass",
  layout: "keeps",
  sign: () => "any",
  zero: "keeps",
  gate: "none",
  numbers: "computed",
};
const { zero: _, ...withoutZero } = activation;
const layer = {
  ...withoutZero,
  inputs: ["x", "W", "b?"],
  gradient: { x: slope },
  relevance: { kind: "dense", weights: { x: "W" }, shifts: { b: slope } },
  layout: "ends",
};
const step = { ...withoutZero, gradient: piecewiseConstant("it is a step"), relevance: undefined };

const check = (definition: object) => checkedOperator("com.example.Foo", definition as Operator);

it.each(Object.entries({ activation, layer, step }))("a whole definition is given back: %s", (_, definition) => {
  expect(check(definition)).toBe(definition);
});

describe("a definition is refused by the operator's name", () => {
  it.each<[string, object, string | RegExp]>([
    [
      "gradient by a stranger",
      { ...activation, gradient: { z: slope } },
      '`gradient` names the input "z", which does not exist; its inputs are "x", "bound"',
    ],
    [
      "no gradient",
      { ...activation, gradient: undefined },
      "`gradient` is missing; give a function for each input, stop(reason) or piecewiseConstant(reason)",
    ],
    [
      "gradient that is a number",
      { ...activation, gradient: { x: 1 } },
      "`gradient.x` is 1; give a function, or stop(reason)",
    ],
    [
      "no layout",
      { ...activation, layout: undefined },
      '`layout` is missing; give one of "spatial", "pools", "keeps", "moves", "copies", "reshapes", "permutes", "ends"',
    ],
    [
      "layout of nodes",
      { ...activation, layout: () => "keeps" },
      /^operator com.example.Foo: `layout` is .*; give one of "spatial"/,
    ],
    [
      "unknown sign",
      { ...activation, sign: "positive" },
      '`sign` is "positive"; give one of "non-negative", "keeps", "any"',
    ],
    ["no value at zero", withoutZero, '`zero` is missing; give one of "keeps", "any"'],
    [
      "no gate",
      { ...activation, gate: undefined },
      '`gate` is missing; give one of "opens", "scales", "divides", "none"',
    ],
    [
      "no word on random numbers",
      { ...activation, numbers: undefined },
      '`numbers` is missing; give one of "computed", "drawn", "quantized"',
    ],
    [
      "no relevance",
      { ...activation, relevance: undefined },
      '`relevance` is missing; give one of "pass", "route", "share", "gate"',
    ],
    [
      "inputs that are none",
      { ...activation, inputs: "x" },
      '`inputs` must be a list of names, such as ["x", "W", "b?"]',
    ],
    [
      "weights of a stranger",
      { ...layer, relevance: { ...layer.relevance, weights: { x: "V" } } },
      '`relevance.weights.x` names the input "V", which does not exist; its inputs are "x", "W", "b"',
    ],
    [
      "a stranger with weights",
      { ...layer, relevance: { ...layer.relevance, weights: { a: "W" } } },
      '`relevance.weights` names the input "a", which does not exist; its inputs are "x", "W", "b"',
    ],
    [
      "a signal without gradient",
      { ...layer, relevance: { ...layer.relevance, weights: { W: "x" } } },
      '`relevance.weights` names the signal "W", but `gradient` has no function for it; add one',
    ],
    [
      "shift by a stranger",
      { ...layer, relevance: { ...layer.relevance, shifts: { c: slope } } },
      '`relevance.shifts` names the input "c", which does not exist; its inputs are "x", "W", "b"',
    ],
    [
      "no shifts",
      { ...layer, relevance: { kind: "dense", weights: { x: "W" } } },
      "`relevance.shifts` is missing; give {} if there are none",
    ],
    [
      "a misspelled field",
      { ...activation, rectifes: true },
      "there is no field `rectifes`; the fields are inputs, held, everyOutput, gradient, relevance, layout",
    ],
    [
      "a misspelled field of its layers",
      { ...layer, relevance: { ...layer.relevance, factr: slope } },
      "there is no field `relevance.factr`; the fields are kind, weights, factor, shifts",
    ],
    [
      "a stranger held constant",
      { ...activation, held: ["grid"] },
      '`held` names the input "grid", which does not exist; its inputs are "x", "bound"',
    ],
    ["a ReLU by text", { ...activation, rectifies: "yes" }, '`rectifies` is "yes"; give one of true, false'],
    ["a slope by number", { ...activation, active: 2 }, "`active` is 2; give a function"],
    ["unknown scores", { ...activation, scores: "softmx" }, '`scores` is "softmx"; give one of "softmax", "sigmoid"'],
    ["outputs by text", { ...activation, everyOutput: "yes" }, '`everyOutput` is "yes"; give true'],
    [
      "an unknown kind of layer",
      { ...layer, relevance: { ...layer.relevance, kind: "densse" } },
      '`relevance.kind` is "densse"; give one of "convolution", "dense", "normalization"',
    ],
    [
      "a factor that is none",
      { ...layer, relevance: { ...layer.relevance, factor: 2 } },
      "`relevance.factor` is 2; give a function",
    ],
    ...["y", "dy", "ys", "dys?", "xs", "index", "at", "node"].map((input): [string, object, string] => [
      `an input ${input}`,
      { ...activation, inputs: ["x", input] },
      `\`inputs\` has "${input.replace("?", "")}", which gradient rules use for something else; rename it`,
    ]),
    ["an input twice", { ...activation, inputs: ["x", "x?"] }, '`inputs` has "x" twice; give each input a name'],
  ])("%s", (_, definition, problem) => {
    const message = typeof problem === "string" ? `operator com.example.Foo: ${problem}` : problem;
    expect(() => check(definition)).toThrow(expect.objectContaining({ code: "bad-option" }));
    expect(() => check(definition)).toThrow(message);
  });

  it("and so is what is no definition at all", () => {
    expect(() => checkedOperator("Foo", undefined as never)).toThrow(
      "operator Foo: it is not a definition; make one with defineOperator",
    );
  });
});
