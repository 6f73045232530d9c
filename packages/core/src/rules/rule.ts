import type * as v from "valibot";
import type { Value } from "../graph/graph.js";
import { neg, relu } from "../graph/math.js";
import type { LinearKind } from "../ops/operator.js";
import type { OptionsSchema } from "../option.js";

/** One linear layer z = W a + b, as rules see it. */
export interface LinearLayer {
  /** What messages call it. */
  readonly label: string;
  readonly kind: LinearKind;
  /** The input. */
  readonly a: Value;
  /** Whether a >= 0 is known, as behind a ReLU: then what negative inputs would add need not be computed. */
  readonly nonNegative: boolean;
  readonly W: Value;
  /** Broadcasts over z. Undefined where there is none, or where it is to be ignored. */
  readonly b: Value | undefined;
  /** W a + b, which the forward pass has computed, or what may stand for it where there is relevance. */
  readonly z: Value;
  /** Whether z can't be negative where there is relevance, as before a ReLU. */
  readonly sign: 1 | undefined;
  /** The lowest and highest possible input, where they are known. */
  range(): { readonly low: Value; readonly high: Value };
  /** W a without b, for other inputs and weights. */
  forward(a: Value, W: Value): Value;
  /** W^T s: what every output sends back to the inputs. */
  transpose(s: Value, W: Value): Value;
}

/**
 * One way of sharing relevance out: every output k gives input j its share of z,
 *
 *   R_j = factor * sum_k  (sum over parts a_j w_jk) / z_k  R_k        z_k = sum over parts and j of a_j w_jk + b_k
 */
export interface Term {
  /** Default 1. */
  readonly factor?: number;
  /** Inputs and weights whose products are the contributions. */
  readonly parts: readonly (readonly [a: Value, W: Value])[];
  readonly bias?: Value | undefined;
  /** z, where it is known already. */
  readonly z?: Value;
  /**
   * Whether z can't be negative, or can't be positive, by its construction. Nothing checks it, since that depends on the
   * numbers: where it is wrong, z + sign epsilon may be near 0, and shares of any size.
   */
  readonly sign?: 1 | -1 | undefined;
  /** The outputs that this term is about: those where the layer's z is positive, or negative. Default: all. */
  readonly outputs?: "positive" | "negative";
}

/** A rule of layer-wise relevance propagation, as its file defines it. */
export interface RuleDefinition<Options extends OptionsSchema> {
  readonly name: string;
  /** One line for help texts and tables. */
  readonly summary: string;
  /** Paper and equation. */
  readonly source: string;
  /** The factor of R_k in R_j, for tables: all rules of Limn have it. */
  readonly share?: string;
  readonly options: Options;
  /**
   * Whether it claims that nothing is lost: what inputs, bias and stabilizer get is what the output had. The terms'
   * factors are then checked, and `judgeLedger` finds what is wrong with their sums. Default false.
   */
  readonly conserves?: boolean;
  /** Whether an input of 0 gets relevance too, which it doesn't where shares are in proportion to the input. */
  readonly givesToZeros?: true;
  readonly terms: (layer: LinearLayer, options: v.InferOutput<Options>) => readonly Term[];
}

/** A rule with the type of its options forgotten. */
export interface Rule extends Omit<RuleDefinition<OptionsSchema>, "terms"> {
  readonly terms: (layer: LinearLayer, options: Readonly<Record<string, unknown>>) => readonly Term[];
  /** In JSON, a rule is its name. */
  readonly toJSON: () => string;
}

/** max(x, 0) */
export const positive = (x: Value): Value => relu(x);

/** min(x, 0) */
export const negative = (x: Value): Value => neg(relu(neg(x)));
