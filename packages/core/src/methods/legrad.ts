import * as v from "valibot";
import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import { mean, mul, relu, sumOf } from "../graph/math.js";
import { graft } from "../graph/rewrite.js";
import { sameShape } from "../graph/tensor.js";
import type { Block } from "../transformer.js";
import { HEADS } from "./attention.js";
import { defineMethod } from "./define.js";

const QUERIES = 2;

/**
 * LeGrad (Bousselham, Boggust, Chaybouti, Strobelt, Kuehne 2024), eqs. 5-8: which attention weights would raise the score, if the
 * classifier read every block's tokens as it reads those of the last.
 *
 *   E = 1/L sum_b mean over heads and queries of (dy^b/dA_b)^+      y^b: the classifier's head on the tokens of block b
 */
export const legrad = defineMethod({
  name: "legrad",
  summary: "which attention weights of every block would raise the score",
  source: "Bousselham et al. 2024, eqs. 5-8",
  family: "attention",
  table: { runs: "2 to 3", aboutClass: "yes", needs: "attention over all tokens, and residual blocks" },
  usesLayer: false,
  options: v.object({}),
  signed: () => false,
  map({ transformer, score, gradient }) {
    const { blocks, pooling } = transformer;
    const outputs = blocks.map(outputOf);
    const last = outputs.at(-1) as Value;
    const other = outputs.find(({ dims }) => !sameShape(dims, last.dims));
    if (other) {
      throw new LimnError(
        "not-applicable",
        `legrad: the classifier's head reads tokens as [${last.dims.join(", ")}], and those after ${other.label} are [${other.dims.join(", ")}], so that it can't be put on them; use generic-attention`,
      );
    }
    const maps = blocks.map((block, b) => {
      const tokens = outputs[b] as Value;
      const logits = graft(score.logits, new Map([[last, tokens]]), last.graph, `block${b + 1}`);
      const own = { ...score, logits };
      // an attention that pools the tokens is a part of the head, and what it looks at counts instead
      const A = pooling ? attentionOf(pooling.A, last, tokens, b) : block.A;
      return mean(relu(gradient(own, A)), [HEADS, QUERIES], false);
    }) as [Value, ...Value[]];
    return transformer.lay(mul(sumOf(maps), 1 / maps.length));
  },
});

/** The weights with which the head pools the tokens of a block. */
const attentionOf = (A: Value, last: Value, tokens: Value, b: number): Value =>
  graft(A, new Map([[last, tokens]]), A.graph, `block${b + 1}`);

function outputOf({ output, product }: Block): Value {
  if (output) return output;
  throw new LimnError(
    "not-applicable",
    `legrad: after ${product.label}, no sum that everything passes holds its ${product.output.dims[2]} tokens, as a residual block's does: they go on in another form, such as a feature map of another size, on which the classifier's head can't be put; use generic-attention`,
  );
}
