import { LimnError } from "../error.js";
import { didYouMean } from "../suggest.js";
import { type Composite, type CompositeInit, defineComposite } from "./composite.js";
import { AT, withOptions } from "./with-options.js";

// A table for each composite: the first line that matches a layer decides.

const BACH = "Bach et al. 2015";
const KOHLBRENNER = "Kohlbrenner et al. 2020";

const FIRST = { first: true };
const CONVOLUTION = { kind: "convolution" } as const;

const EPSILON = { rule: "epsilon" };
const ATTN_LRP = { rule: "attn-lrp" };
const PLUS = { match: CONVOLUTION, rule: "z-plus" };
const ALPHA_2_BETA_1 = { match: CONVOLUTION, rule: "alpha-beta", options: { alpha: 2 } };
const FLAT_FIRST = { match: FIRST, rule: "flat" };

export const composites = {
  epsilon: defineComposite({
    name: "epsilon",
    summary: "epsilon everywhere: near to gradient x input, and as noisy",
    source: BACH,
    entries: [EPSILON],
  }),
  "epsilon-plus": defineComposite({
    name: "epsilon-plus",
    summary: "z-plus for convolutions, epsilon for dense layers: calm maps",
    source: KOHLBRENNER,
    sums: "agreeing",
    entries: [PLUS, EPSILON],
  }),
  "epsilon-plus-flat": defineComposite({
    name: "epsilon-plus-flat",
    summary: "the same with flat shares at the first layer: regions rather than pixels",
    source: KOHLBRENNER,
    sums: "agreeing",
    entries: [FLAT_FIRST, PLUS, EPSILON],
  }),
  "epsilon-alpha2-beta1": defineComposite({
    name: "epsilon-alpha2-beta1",
    summary: "alpha 2, beta 1 for convolutions, epsilon for dense layers: evidence against shows too",
    source: KOHLBRENNER,
    sums: "agreeing",
    entries: [ALPHA_2_BETA_1, EPSILON],
  }),
  "epsilon-alpha2-beta1-flat": defineComposite({
    name: "epsilon-alpha2-beta1-flat",
    summary: "the same with flat shares at the first layer",
    source: KOHLBRENNER,
    sums: "agreeing",
    entries: [FLAT_FIRST, ALPHA_2_BETA_1, EPSILON],
  }),
  "epsilon-gamma-box": defineComposite({
    name: "epsilon-gamma-box",
    summary: "z-box for pixels, gamma for convolutions, epsilon for dense layers",
    source: "Montavon et al. 2019",
    sums: "agreeing",
    entries: [
      { match: FIRST, rule: "z-box" },
      { match: CONVOLUTION, rule: "gamma", options: { gamma: 0.25 } },
      EPSILON,
    ],
  }),
  "z-plus": defineComposite({
    name: "z-plus",
    summary: "z-plus everywhere: only what speaks for an output counts",
    source: "Montavon et al. 2017",
    sums: "agreeing",
    entries: [{ rule: "z-plus" }],
  }),
  "excitation-backprop": defineComposite({
    name: "excitation-backprop",
    summary: "z-plus without biases, as probabilities of a winner",
    source: "Zhang et al. 2016",
    sums: "agreeing",
    entries: [{ rule: "z-plus", bias: "ignore" }],
  }),
  "attn-lrp": defineComposite({
    name: "attn-lrp",
    summary: "epsilon, and attention by AttnLRP: also what tokens were looked for",
    source: "Achtibat et al. 2024",
    entries: [ATTN_LRP, EPSILON],
  }),
  "attn-lrp-gamma": defineComposite({
    name: "attn-lrp-gamma",
    summary:
      "the same with gamma for the first layer and z-plus for other convolutions: less noise from patches and stems",
    source: "Achtibat et al. 2024, app. B",
    entries: [ATTN_LRP, { match: FIRST, rule: "gamma", options: { gamma: 0.25 } }, PLUS, EPSILON],
  }),
  "cp-lrp": defineComposite({
    name: "cp-lrp",
    summary: "epsilon, with constant attention weights: only what tokens say",
    source: "Ali et al. 2022",
    entries: [{ rule: "cp-lrp" }, EPSILON],
  }),
  chefer: defineComposite({
    name: "chefer",
    summary: "z-plus without biases, and attention as transformer-attribution has it",
    source: "Chefer, Gur, Wolf 2021",
    entries: [{ rule: "chefer" }, { rule: "z-plus", bias: "ignore" }],
  }),
} satisfies Record<string, Composite>;

/** The name of one of Limn's composites. */
export type CompositeName = keyof typeof composites;

/** The composite of `lrp` if none is chosen, for networks without attention. */
export const DEFAULT_COMPOSITE: CompositeName = "epsilon-plus";

/** The same for networks with attention: of those for attention, the most faithful on the networks of docs/transformers.md. */
export const DEFAULT_WITH_ATTENTION: CompositeName = "attn-lrp-gamma";

/** The choice of a composite that depends on the network: one of these two. */
export const USUAL = "usual";

/**
 * Finds a composite by its name, or checks one of your own.
 * @param choice a name may have options of its rules: `epsilon-gamma-box@gamma=0.1`
 * @throws LimnError `bad-option` with near matches, or with the entry or option that is wrong
 */
export function compositeOf(choice: string | CompositeInit): Composite {
  if (typeof choice !== "string") return defineComposite(choice);
  const [name = "", ...changes] = choice.split(AT);
  if (Object.hasOwn(composites, name)) {
    const composite: Composite = composites[name as CompositeName];
    return changes.length > 0 ? withOptions(composite, changes, choice) : composite;
  }
  throw new LimnError("bad-option", `there is no composite "${name}"; ${didYouMean(name, Object.keys(composites))}`);
}

/** A text that is equal for composites with the same entries and the same rules. */
export const keyOf = (choice: string | CompositeInit): string =>
  JSON.stringify(choice, function (this: Readonly<Record<string, unknown>>, key, value) {
    const rule = key === "rule" ? this[key] : undefined;
    return typeof rule === "object" && rule !== null ? numberOf(rule) : value;
  });

/** A number for each rule: two rules of the same name are still two rules. */
function numberOf(rule: object): number {
  const known = numbers.get(rule) ?? ++count;
  numbers.set(rule, known);
  return known;
}

const numbers = new WeakMap<object, number>();
let count = 0;
