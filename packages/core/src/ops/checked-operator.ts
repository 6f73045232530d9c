import { LimnError } from "../error.js";
import {
  type Behavior,
  bareName,
  type GateRole,
  isPiecewiseConstant,
  isStop,
  type LayoutPassing,
  linearForm,
  type NumberSource,
  type Operator,
  type Sign,
  type Zero,
} from "./operator.js";

/** The words that a field may hold; a missing one is a compile error. */
const wordsOf = <Word extends string>(words: Readonly<Record<Word, true>>): string[] => Object.keys(words);

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

const BEHAVIORS = wordsOf<Behavior>({ pass: true, route: true, share: true, gate: true });

/** Fields that may be functions of the node; `layout` and `numbers` may not. */
const OF_NODES: ReadonlySet<string> = new Set(["sign", "gate", "zero"]);

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
  const { inputs, gradient, relevance, zero } = operator;
  if (!Array.isArray(inputs) || !inputs.every((input) => typeof input === "string" && bareName(input) !== "")) {
    return fail('`inputs` must be a list of names, such as ["x", "W", "b?"]');
  }
  const names = inputs.map(bareName);
  const has = `its inputs are ${names.map((input) => `"${input}"`).join(", ") || "none"}`;
  const checkInputs = (field: string, used: object) => {
    for (const input of Object.keys(used)) {
      if (!names.includes(input)) fail(`\`${field}\` names the input "${input}", which does not exist; ${has}`);
    }
  };
  const checkWord = (field: string, value: unknown, words: readonly string[]) => {
    if (words.includes(value as string) || (typeof value === "function" && OF_NODES.has(field))) return;
    const allowed = words.map((word) => `"${word}"`).join(", ");
    fail(
      value === undefined
        ? `\`${field}\` is missing; give one of ${allowed}`
        : `\`${field}\` is ${quoted(value)}; give one of ${allowed}`,
    );
  };

  for (const [field, words] of Object.entries(WORDS)) checkWord(field, operator[field as keyof typeof WORDS], words);
  if (typeof gradient !== "object" || gradient === null) {
    return fail("`gradient` is missing; give a function for each input, stop(reason) or piecewiseConstant(reason)");
  }
  if (isStop(gradient) || isPiecewiseConstant(gradient)) return operator;

  checkInputs("gradient", gradient);
  for (const [input, rule] of Object.entries(gradient)) {
    const isDeclared = typeof rule === "object" && rule !== null && (isStop(rule) || isPiecewiseConstant(rule));
    const answers = isDeclared || typeof rule === "function";
    if (!answers) fail(`\`gradient.${input}\` is ${quoted(rule)}; give a function, or stop(reason)`);
  }
  const linear = linearForm(operator);
  if (linear) {
    checkInputs("relevance.weights", linear.weights);
    checkInputs("relevance.shifts", linear.shifts ?? fail("`relevance.shifts` is missing; give {} if there are none"));
    for (const [signal, weights] of Object.entries(linear.weights)) {
      if (!names.includes(weights ?? "")) {
        fail(`\`relevance.weights.${signal}\` names the input ${quoted(weights)}, which does not exist; ${has}`);
      }
      if (typeof gradient[signal] !== "function") {
        fail(`\`relevance.weights\` names the signal "${signal}", but \`gradient\` has no function for it; add one`);
      }
    }
    return operator;
  }
  if (typeof relevance !== "object" || relevance === null || !isStop(relevance)) {
    checkWord("relevance", relevance, BEHAVIORS);
  }
  if (relevance === "pass") checkWord("zero", zero, ZERO);
  return operator;
}

const quoted = (value: unknown): string => (typeof value === "string" ? `"${value}"` : String(value));
