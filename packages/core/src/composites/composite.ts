import * as v from "valibot";
import { LimnError } from "../error.js";
import { mistakeOf } from "../mistake.js";
import type { LinearKind } from "../ops/operator.js";
import type { AttentionRule } from "../rules/attention.js";
import { findRule } from "../rules/registry.js";
import type { Rule } from "../rules/rule.js";
import {
  type Bias,
  biasSchema,
  epsilonSchema,
  type Settings,
  type Sums,
  stabilizerSchema,
  sumsSchema,
} from "../rules/settings.js";

const KINDS = ["convolution", "dense", "normalization"] as const satisfies readonly LinearKind[];

const matchSchema = v.strictObject({
  // What kind of layer it is.
  kind: v.optional(v.picklist(KINDS)),
  // Whether it is a layer that the image reaches without passing another one.
  first: v.optional(v.boolean()),
  // The ONNX operator.
  operator: v.optional(v.string()),
  // The node's name or its output's; * stands for any characters.
  name: v.optional(v.string()),
});

const isRule = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "terms" in value && "toJSON" in value;

const entrySchema = v.strictObject({
  // Conditions that must all hold; none, or left out, for every layer.
  match: v.optional(matchSchema, {}),
  // A rule's name, or one of your own, as `defineRule` gives it.
  rule: v.union([v.string(), v.custom<Rule>(isRule)], "give a rule's name, or what defineRule gives"),
  options: v.optional(v.record(v.string(), v.unknown()), {}),
  // What becomes of the bias's share; see `BIASES`. Left out, the method's option decides.
  bias: v.optional(biasSchema),
  // What the stabilizer is, see `STABILIZERS`, and its size; likewise.
  stabilizer: v.optional(stabilizerSchema),
  epsilon: v.optional(epsilonSchema),
});

export const compositeSchema = v.strictObject({
  name: v.optional(v.string(), "custom"),
  summary: v.optional(v.string(), "a composite of your own"),
  source: v.optional(v.string()),
  // Which summands share the relevance of a sum, see `SUMS`.
  sums: v.optional(sumsSchema, "all"),
  entries: v.pipe(v.array(entrySchema), v.nonEmpty()),
});

/**
 * Which layer gets which rule: the first entry that matches a layer decides. It can be written as JSON, or in TypeScript,
 * which allows rules of your own.
 */
export type CompositeInit = v.InferInput<typeof compositeSchema>;
export type Match = v.InferOutput<typeof matchSchema>;

/** A composite that has been checked: its rules exist, their options are complete. */
export interface Composite {
  readonly name: string;
  readonly summary: string;
  readonly source: string | undefined;
  readonly sums: Sums;
  readonly entries: readonly (Entry | AttentionEntry)[];
}

/** One line of a composite: its rule applies to the layers that match, if no earlier entry does. */
export interface Entry {
  /** Conditions that must all hold. */
  readonly match: Match;
  readonly rule: Rule;
  /** The rule's options, defaults included. */
  readonly options: Readonly<Record<string, unknown>>;
  /** How its layers divide, where it says so itself. */
  readonly settings: Settings;
}

/** A line whose rule is one of attention: it applies to the softmax and the products of attention that match. */
export interface AttentionEntry {
  /** Conditions that must all hold; none of a layer holds for attention. */
  readonly match: Match;
  readonly rule: AttentionRule;
}

/** Whether a line is about attention, not about layers. */
export const isOfAttention = (entry: Entry | AttentionEntry): entry is AttentionEntry => "holdsWeights" in entry.rule;

/** What a composite asks about a layer. */
export interface LayerFacts {
  readonly kind: LinearKind;
  readonly first: boolean;
  readonly operator: string;
  /** Names of the layer: that of its node and that of its output. */
  readonly names: readonly string[];
}

/**
 * Checks a composite and fills in defaults.
 * @throws LimnError `bad-option` that names the entry, its value and what it may be
 * @example
 * const composite = defineComposite({
 *   name: "mine",
 *   entries: [
 *     { match: { first: true }, rule: "flat" },
 *     { match: { kind: "convolution" }, rule: "gamma", options: { gamma: 0.5 } },
 *     { rule: "epsilon" },
 *   ],
 * });
 */
export function defineComposite(init: CompositeInit): Composite {
  const parsed = v.safeParse(compositeSchema, init);
  if (!parsed.success) {
    const { path, message } = mistakeOf(parsed.issues);
    throw new LimnError(
      "bad-option",
      `composite: ${path.join(".") || "it"}: ${message}; give { "entries": [{ "match": { "kind": "convolution" }, "rule": "z-plus" }, { "rule": "epsilon" }] }`,
    );
  }
  const { name, summary, source, sums, entries } = parsed.output;
  return {
    name,
    summary,
    source,
    sums,
    entries: entries.map((entry, i) => {
      const rule = typeof entry.rule === "string" ? findRule(entry.rule) : entry.rule;
      if ("holdsWeights" in rule) return attentionEntry(entry, rule, `composite ${name}, entry ${i}`);
      const options = v.safeParse(rule.options, entry.options);
      const { match, bias, stabilizer, epsilon } = entry;
      if (options.success) return { match, rule, options: options.output, settings: { bias, stabilizer, epsilon } };
      const { path, message } = mistakeOf(options.issues);
      throw new LimnError("bad-option", `composite ${name}, entry ${i}: ${[rule.name, ...path].join(".")}: ${message}`);
    }),
  };
}

/** A line with a rule of attention, which has no options and no bias. */
function attentionEntry(
  { match, options }: v.InferOutput<typeof entrySchema>,
  rule: AttentionRule,
  where: string,
): AttentionEntry {
  const [option] = Object.keys(options);
  const condition = match.kind !== undefined ? "kind" : match.first !== undefined ? "first" : undefined;
  const problem = option ? `it has no option "${option}"` : condition && `${condition} is a condition of layers`;
  if (!problem) return { match, rule };
  throw new LimnError(
    "bad-option",
    `${where}: ${rule.name} is about attention: ${problem}; leave it out, or match by operator or name`,
  );
}

/** The entry that decides on a layer; undefined if none matches. */
export const entryFor = ({ entries }: Composite, facts: LayerFacts): Entry | undefined =>
  entries.find((entry): entry is Entry => !isOfAttention(entry) && matches(entry.match, facts));

/** The entry that decides on a softmax or a product of two signals; undefined if none matches. */
export const attentionEntryFor = (
  { entries }: Composite,
  facts: Pick<LayerFacts, "operator" | "names">,
): AttentionEntry | undefined =>
  entries.find((entry): entry is AttentionEntry => isOfAttention(entry) && matches(entry.match, facts));

function matches(
  { kind, first, operator, name }: Match,
  facts: Partial<LayerFacts> & Pick<LayerFacts, "operator" | "names">,
): boolean {
  return (
    (kind === undefined || kind === facts.kind) &&
    (first === undefined || first === facts.first) &&
    (operator === undefined || operator === facts.operator) &&
    (name === undefined || facts.names.some((candidate) => globMatches(name, candidate)))
  );
}

function globMatches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}

/** Conditions in words, for plans. */
export function describeMatch({ kind, first, operator, name }: Match): string {
  const words = [
    first === undefined ? undefined : first ? "first layer" : "not a first layer",
    kind,
    operator,
    name === undefined ? undefined : `named ${name}`,
  ].filter((word) => word !== undefined);
  return words.length > 0 ? words.join(", ") : "every layer";
}

/** An entry's rule with its options, in words. */
export function describeEntry({ rule, options, settings }: Entry): string {
  const { bias, stabilizer, epsilon } = settings;
  const words = Object.entries(options).map(([name, value]) => `${name} ${value}`);
  if (bias) words.push(BIAS_IN_WORDS[bias]);
  if (stabilizer || epsilon) words.push(`epsilon ${[epsilon, stabilizer].filter((word) => word).join(" ")}`);
  return words.length > 0 ? `${rule.name} (${words.join(", ")})` : rule.name;
}

const BIAS_IN_WORDS = { spread: "bias spread", ignore: "bias ignored", share: "bias shares" } as const satisfies Record<
  Bias,
  string
>;
