import * as v from "valibot";

/**
 * What becomes of the relevance that a bias, or another constant that is added, has a share of:
 *
 *   spread   the bias is part of z; what it and the stabilizer keep goes to the node's inputs after all, see `handedOn`
 *   ignore   the bias is left out of z; what is still lost, where z vanishes, is spread
 *   share    the bias keeps its share, which does not reach the image, as in other libraries
 */
export const BIASES = ["spread", "ignore", "share"] as const;

/** A name of `BIASES`. */
export type Bias = (typeof BIASES)[number];

/**
 * What is added to a divisor z, away from 0:
 *
 *   relative   epsilon times the mean of |z| over all outputs of the node, for each image
 *   absolute   epsilon itself, as in other libraries
 */
export const STABILIZERS = ["relative", "absolute"] as const;

/** A name of `STABILIZERS`. */
export type Stabilizer = (typeof STABILIZERS)[number];

/**
 * Which summands share the relevance of a sum of signals y = sum_i x_i, such as that of a residual block's two branches:
 *
 *   all        each by its contribution: R_i = x_i / y R
 *   agreeing   those of the sum's sign: R_i = x_i+ / sum_j x_j+ R where y is positive, and by negative parts where it is negative
 *
 * Branches that nearly cancel have contributions far larger than their sum. As long as all rules are epsilon, that comes to
 * nothing in the end; after rules of one sign it is left over as lone squares far from any object. Of those that agree none
 * gets more than the whole.
 */
export const SUMS = ["all", "agreeing"] as const;

/** A name of `SUMS`. */
export type Sums = (typeof SUMS)[number];

/** What an entry of a composite, or a method, may say of how nodes divide. */
export interface Settings {
  readonly bias?: Bias | undefined;
  readonly stabilizer?: Stabilizer | undefined;
  /** Above 0. */
  readonly epsilon?: number | undefined;
}

/** What holds where nobody says otherwise. */
export const DEFAULT_SETTINGS = { bias: "spread", stabilizer: "relative", epsilon: 1e-6 } as const satisfies Settings;

/** What a method may say: also of sums, about which entries say nothing. */
export interface MethodSettings extends Settings {
  /** Left out, the composite decides. */
  readonly sums?: Sums | undefined;
}

/** The schemas of what methods say, and all but the last for entries of composites. */
export const biasSchema = v.picklist(BIASES);
export const stabilizerSchema = v.picklist(STABILIZERS);
export const epsilonSchema = v.pipe(v.number(), v.finite(), v.gtValue(0));
export const sumsSchema = v.picklist(SUMS);

/** How a node divides. */
export interface Division extends Required<{ readonly [K in keyof Settings]: NonNullable<Settings[K]> }> {
  /** Whether relevance that the node does not pass on at first is spread. */
  readonly spreads: boolean;
}

/**
 * An entry's own word counts more than the method's, except that `share` of the method always means that nothing is spread: an
 * entry that ignores its bias then leaves it out, and no more, as other libraries do.
 */
export function divisionOf(entry: Settings, method: Settings): Division {
  const bias = entry.bias ?? method.bias ?? DEFAULT_SETTINGS.bias;
  return {
    bias,
    stabilizer: entry.stabilizer ?? method.stabilizer ?? DEFAULT_SETTINGS.stabilizer,
    epsilon: entry.epsilon ?? method.epsilon ?? DEFAULT_SETTINGS.epsilon,
    spreads: bias !== "share" && method.bias !== "share",
  };
}
