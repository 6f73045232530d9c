import type * as v from "valibot";
import type { Value } from "../graph/graph.js";
import { min, relu } from "../graph/math.js";
import type { LinearKind } from "../ops/operator.js";
import type { OptionsSchema } from "../option.js";

/** One linear layer z = W a + b, as rules see it. */
export interface LinearLayer {
  /** Its name in messages. */
  readonly label: string;
  readonly kind: LinearKind;
  /** The input. */
  readonly a: Value;
  /** Whether a >= 0 is known, as after a ReLU: then rules need not compute what negative inputs would add. */
  readonly nonNegative: boolean;
  readonly W: Value;
  /** The bias, whose shape broadcasts to that of z. Undefined if there is none, or if the composite ignores it. */
  readonly b: Value | undefined;
  /** W a + b, as the forward pass has computed it, or a value that equals it at all outputs with relevance. */
  readonly z: Value;
  /** 1 if z can't be negative at outputs with relevance, as before a ReLU. */
  readonly sign: 1 | undefined;
  /** The lowest and highest possible input. @throws LimnError if they are not known */
  range(): { readonly low: Value; readonly high: Value };
  /** W a without b, for other inputs and weights. */
  forward(a: Value, W: Value): Value;
  /** W^T s: what the outputs send back to the inputs, in the shape of a. */
  transpose(s: Value, W: Value): Value;
}

/**
 * One way to distribute relevance: every output k gives input j its share of z,
 *
 *   R_j = factor * sum_k  (sum over parts a_j w_jk) / z_k  R_k        z_k = sum over parts and j of a_j w_jk + b_k
 */
export interface Term {
  /** By how much the term counts. Default 1. */
  readonly factor?: number;
  /** Inputs and weights whose products are the contributions, in the shapes of the layer's a and W. */
  readonly parts: readonly (readonly [a: Value, W: Value])[];
  /** The bias b in z. Default: none. */
  readonly bias?: Value | undefined;
  /** z, if it is known already; otherwise it is computed from `parts` and `bias`. */
  readonly z?: Value;
  /**
   * 1 if z can't be negative by its construction, -1 if it can't be positive. Nothing checks this, as it depends on the
   * numbers: if it is wrong, z + sign epsilon may be near 0, and shares may have any size.
   */
  readonly sign?: 1 | -1 | undefined;
  /** The outputs that this term is for: those whose z in the layer is positive, or negative. Default: all. */
  readonly outputs?: "positive" | "negative";
}

/** A rule of layer-wise relevance propagation, as its file defines it. */
export interface RuleDefinition<Options extends OptionsSchema> {
  /** Lowercase words joined by hyphens. */
  readonly name: string;
  /** One line for help texts and tables. */
  readonly summary: string;
  /** Paper and equation. */
  readonly source: string;
  /** The factor of R_k in R_j, for tables; all rules of Limn have it. */
  readonly share?: string;
  readonly options: Options;
  /**
   * Whether the rule claims that no relevance is lost: inputs, bias and stabilizer together get what the output had. Limn
   * then checks that the terms' factors sum to 1, and `judgeLedger` checks the relevance itself. Default false.
   */
  readonly conserves?: boolean;
  /** Whether an input of 0 can get relevance; it gets none if shares are in proportion to the input. */
  readonly givesToZeros?: true;
  /** The terms that distribute a layer's relevance; their results are added. */
  readonly terms: (layer: LinearLayer, options: v.InferOutput<Options>) => readonly Term[];
}

/** A rule as `defineRule` gives it, without the type of its options. */
export interface Rule extends Omit<RuleDefinition<OptionsSchema>, "terms"> {
  readonly terms: (layer: LinearLayer, options: Readonly<Record<string, unknown>>) => readonly Term[];
  /** In JSON, a rule is its name. */
  readonly toJSON: () => string;
}

/** max(x, 0) */
export const positive = (x: Value): Value => relu(x);

/** min(x, 0) */
export const negative = (x: Value): Value => min(x, 0);
