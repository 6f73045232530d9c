import { told } from "../definition.js";
import { LimnError } from "../error.js";
import {
  type Behavior,
  bareName,
  type Expansion,
  type Facts,
  type GateRole,
  isPiecewiseConstant,
  isStop,
  type LayoutPassing,
  type LinearForm,
  type LinearKind,
  linearForm,
  type Normalization,
  type NumberSource,
  type Operator,
  type ScoreFunction,
  type Sign,
  type Wires,
  type Zero,
} from "./operator.js";

/** The words that a field may hold; a missing one is a compile error. */
const wordsOf = <Word extends string>(words: Readonly<Record<Word, true>>): string[] => Object.keys(words);

const FIELDS = wordsOf<keyof Operator>({
  inputs: true,
  held: true,
  everyOutput: true,
  gradient: true,
  relevance: true,
  layout: true,
  sign: true,
  zero: true,
  gate: true,
  numbers: true,
  rectifies: true,
  scores: true,
  roughly: true,
  ranks: true,
  axes: true,
  takes: true,
  active: true,
});

const LINEAR_FIELDS = wordsOf<keyof LinearForm>({ kind: true, weights: true, factor: true, shifts: true });

/** The functions of a form of relevance, by the one that tells that it is this form. */
const FUNCTIONS = {
  expansion: wordsOf<keyof Expansion<never>>({ expansion: true }),
  held: wordsOf<keyof Normalization<never>>({ held: true, shift: true }),
};

/** What gradient rules see next to the inputs. */
const WIRES = wordsOf<keyof Wires<never>>({
  y: true,
  dy: true,
  ys: true,
  dys: true,
  xs: true,
  index: true,
  at: true,
  node: true,
});

const WORDS = {
  layout: wordsOf<LayoutPassing>({
    spatial: true,
    pools: true,
    keeps: true,
    moves: true,
    copies: true,
    reshapes: true,
    permutes: true,
    ends: true,
  }),
  sign: wordsOf<Sign>({ "non-negative": true, keeps: true, any: true }),
  gate: wordsOf<GateRole>({ opens: true, scales: true, divides: true, none: true }),
  numbers: wordsOf<NumberSource>({ computed: true, drawn: true, quantized: true }),
};

const ZERO = wordsOf<Zero>({ keeps: true, any: true });

const SCORES = wordsOf<ScoreFunction>({ softmax: true, sigmoid: true });

const KINDS = wordsOf<LinearKind>({ convolution: true, dense: true, normalization: true });

/** What each fact may be. */
const FACTS: Readonly<Record<keyof Facts | "zero", readonly unknown[]>> = {
  ...WORDS,
  zero: ZERO,
  rectifies: [true, false],
  scores: SCORES,
  roughly: [true],
  ranks: [true],
};

const BEHAVIORS = wordsOf<Behavior>({ pass: true, route: true, share: true, gate: true });

/** Fields that may be functions of the node; `layout` and `numbers` may not. */
const OF_NODES: ReadonlySet<string> = new Set(["sign", "gate", "zero", "rectifies"]);

/**
 * Checks that the definition of a user's own operator is complete and only names inputs that it has.
 * @param name the operator's name, for messages
 * @returns the definition
 * @throws LimnError `bad-option` with the operator, the field, the value, and what it may be
 */
export function checkedOperator(name: string, operator: Operator): Operator {
  const fail = (problem: string): never => {
    throw new LimnError("bad-option", `operator ${name}: ${problem}`);
  };
  const given = operator as unknown;
  if (typeof given !== "object" || given === null) return fail("it is not a definition; make one with defineOperator");
  const checkFields = (field: string, object: object, fields: readonly string[]) => {
    const unknown = Object.keys(object).find((key) => !fields.includes(key));
    if (unknown !== undefined) fail(`there is no field \`${field}${unknown}\`; the fields are ${fields.join(", ")}`);
  };
  checkFields("", operator, FIELDS);
  const { inputs, gradient, relevance, zero, rectifies, active, scores, roughly, ranks, everyOutput } = operator;
  const { held = [] } = operator;
  if (!Array.isArray(inputs) || !inputs.every((input) => typeof input === "string" && bareName(input) !== "")) {
    return fail('`inputs` must be a list of names, such as ["x", "W", "b?"]');
  }
  const names = inputs.map(bareName);
  const twice = names.find((input, i) => names.indexOf(input) !== i);
  if (twice !== undefined) fail(`\`inputs\` has "${twice}" twice; give each input a name of its own`);
  // all inputs are `xs` in any case
  const wire = inputs.filter((input) => input !== "...xs").find((input) => WIRES.includes(bareName(input)));
  if (wire !== undefined) {
    fail(`\`inputs\` has "${bareName(wire)}", which gradient rules use for something else; rename it`);
  }
  const has = `its inputs are ${names.map((input) => `"${input}"`).join(", ") || "none"}`;
  const checkInputs = (field: string, used: object) => {
    for (const input of Object.keys(used)) {
      if (!names.includes(input)) fail(`\`${field}\` names the input "${input}", which does not exist; ${has}`);
    }
  };
  const stranger = Array.isArray(held) ? held.find((input) => !names.includes(input)) : told(held);
  if (stranger !== undefined) fail(`\`held\` names the input "${stranger}", which does not exist; ${has}`);
  const checkWord = (field: string, value: unknown, words: readonly unknown[]) => {
    if (words.includes(value) || (typeof value === "function" && OF_NODES.has(field))) return;
    fail(`\`${field}\` is ${value === undefined ? "missing" : told(value)}; ${oneOf(words)}`);
  };

  for (const [field, words] of Object.entries(WORDS)) checkWord(field, operator[field as keyof typeof WORDS], words);
  if (rectifies !== undefined) checkWord("rectifies", rectifies, FACTS.rectifies);
  if (active !== undefined && typeof active !== "function") fail(`\`active\` is ${told(active)}; give a function`);
  if (scores !== undefined) checkWord("scores", scores, SCORES);
  for (const [field, value] of Object.entries({ roughly, ranks })) {
    if (value !== undefined) checkWord(field, value, [true]);
  }
  if (everyOutput !== undefined) checkWord("everyOutput", everyOutput, [true]);
  if (typeof gradient !== "object" || gradient === null) {
    return fail("`gradient` is missing; give a function for each input, stop(reason) or piecewiseConstant(reason)");
  }
  if (isStop(gradient) || isPiecewiseConstant(gradient)) return operator;

  checkInputs("gradient", gradient);
  for (const [input, rule] of Object.entries(gradient)) {
    const isDeclared = typeof rule === "object" && rule !== null && (isStop(rule) || isPiecewiseConstant(rule));
    const answers = isDeclared || typeof rule === "function";
    if (!answers) fail(`\`gradient.${input}\` is ${told(rule)}; give a function, or stop(reason)`);
  }
  const linear = linearForm(operator);
  if (linear) {
    checkFields("relevance.", linear, LINEAR_FIELDS);
    checkWord("relevance.kind", linear.kind, KINDS);
    if (linear.factor !== undefined && typeof linear.factor !== "function") {
      fail(`\`relevance.factor\` is ${told(linear.factor)}; give a function`);
    }
    checkInputs("relevance.weights", linear.weights);
    checkInputs("relevance.shifts", linear.shifts ?? fail("`relevance.shifts` is missing; give {} if there are none"));
    for (const [signal, weights] of Object.entries(linear.weights)) {
      if (!names.includes(weights ?? "")) {
        fail(`\`relevance.weights.${signal}\` names the input ${told(weights)}, which does not exist; ${has}`);
      }
      if (typeof gradient[signal] !== "function") {
        fail(`\`relevance.weights\` names the signal "${signal}", but \`gradient\` has no function for it; add one`);
      }
    }
    return operator;
  }
  for (const [field, functions] of Object.entries(FUNCTIONS)) {
    if (typeof relevance !== "object" || relevance === null || !(field in relevance)) continue;
    checkFields("relevance.", relevance, functions);
    for (const name of functions) {
      const given = (relevance as unknown as Readonly<Record<string, unknown>>)[name];
      if (typeof given !== "function") fail(`\`relevance.${name}\` is ${told(given)}; give a function`);
    }
    return operator;
  }
  if (typeof relevance !== "object" || relevance === null || !isStop(relevance)) {
    checkWord("relevance", relevance, BEHAVIORS);
  }
  if (relevance === "pass") checkWord("zero", zero, ZERO);
  return operator;
}

/**
 * Sees that what a definition's function says of a node is a word that there is.
 * @throws LimnError `bad-option` naming the operator, the node, the field, the value, and what it may be
 */
export function checkFact(whose: string, field: keyof Facts | "zero", value: unknown): void {
  const words = FACTS[field];
  if (words.includes(value)) return;
  throw new LimnError("bad-option", `${whose}: \`${field}\` gives ${told(value)}; ${oneOf(words)}`);
}

const oneOf = (words: readonly unknown[]): string =>
  `give ${words.length > 1 ? "one of " : ""}${words.map(told).join(", ")}`;
