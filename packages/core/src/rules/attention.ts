/**
 * How relevance passes attention, A = softmax(s Q K^T), Y = A V: what is no layer with weights, because signals meet signals.
 * A composite's entry names it as it names a layer's rule.
 */
export interface AttentionRule {
  readonly name: string;
  /** One line for help texts and tables. */
  readonly summary: string;
  /** Paper and equations. */
  readonly source: string;
  /** The equations, for tables. */
  readonly share: string;
  /** Whether A counts as constant, so that only V gets relevance. */
  readonly holdsWeights: boolean;
  /** Whether softmax and normalizations pass relevance unchanged, as activations do. */
  readonly passes: boolean;
}

export const attentionRules = {
  /**
   * AttnLRP (Achtibat et al. 2024). Each factor of a product gets half, shared out as by a linear layer whose weights are the
   * other factor; softmax is shared out by its expansion:
   *
   *   R_A = A ((R / 2 Y) V^T)      R_V = V (A^T (R / 2 Y))      R_x = x (R_A - A sum R_A)
   */
  "attn-lrp": {
    name: "attn-lrp",
    summary: "half to the values and half to the attention weights, through softmax to queries and keys",
    source: "Achtibat et al. 2024, eqs. 11-13",
    share: "A ((R / 2 Y) V^T) to A, V (A^T (R / 2 Y)) to V; x (R_A - A sum R_A) through softmax",
    holdsWeights: false,
    passes: false,
  },
  /**
   * CP-LRP (Ali et al. 2022), conservative propagation: attention weights count as constant.
   *
   *   R_V = V (A^T (R / Y))
   */
  "cp-lrp": {
    name: "cp-lrp",
    summary: "all to the values: attention weights count as constant",
    source: "Ali et al. 2022",
    share: "V (A^T (R / Y)) to V, nothing to A",
    holdsWeights: true,
    passes: false,
  },
  /**
   * Relevance in transformer attribution (Chefer, Gur, Wolf, CVPR 2021). Each factor of a product gets half, as in AttnLRP; softmax
   * and normalization pass what they get.
   *
   *   R_A = A ((R / 2 Y) V^T)      R_V = V (A^T (R / 2 Y))      R_x = R_A
   */
  chefer: {
    name: "chefer",
    summary: "half to the values and half to the attention weights; softmax and normalizations pass it unchanged",
    source: "Chefer, Gur, Wolf 2021, eqs. 3-8",
    share: "A ((R / 2 Y) V^T) to A, V (A^T (R / 2 Y)) to V; unchanged through softmax and normalizations",
    holdsWeights: false,
    passes: true,
  },
} satisfies Record<string, AttentionRule>;

/** The name of one of Limn's rules for attention. */
export type AttentionRuleName = keyof typeof attentionRules;

/** What composites without a rule for attention do. */
export const DEFAULT_ATTENTION: AttentionRule = attentionRules["cp-lrp"];
