import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import { add, div, matmul, mul, reshape, sqrt, square, sum, transpose } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { sizeOf, tensor } from "../graph/tensor.js";

/** Classes that are given by embeddings of texts: they make a classifier of an image encoder such as CLIP's. */
export interface TextClasses {
  /** What messages call them. Default: `classes`. */
  readonly name?: string;
  /** One embedding for each class, of any length but 0, as the text encoder gives them: all of as many numbers as the image's. */
  readonly embeddings: readonly ArrayLike<number>[];
  /** What the cosines are multiplied by, exp(`logit_scale`). Default: 100, as in all CLIP models of OpenAI. */
  readonly scale?: number;
  /** What is added to all, `logit_bias`. Default: 0. */
  readonly bias?: number;
}

const CLIP_SCALE = 100;

/**
 * Appends the logits of classes to an image encoder (Radford et al. 2021, sec. 2.3; Zhai et al. 2023 for the bias).
 *
 *   y_c = scale <x, t_c> / (|x| |t_c|) + bias
 *
 * @param model with one output, the image's embedding: [N, D] or another shape of N times D numbers
 * @returns a model whose output is [N, classes]
 * @throws LimnError `bad-option` for embeddings that are empty, not finite, zero, or of another length than the image's
 */
export function withTextClasses(
  model: Model,
  { name = "classes", embeddings, scale = CLIP_SCALE, bias = 0 }: TextClasses,
): Model {
  const { graph } = rewrite(model.graph, () => undefined);
  const [image] = graph.inputs;
  const [output] = graph.outputs.splice(0);
  if (!image || !output) throw new Error("prepared models have an input and an output");
  const batch = image.dims[0] as number;
  const width = sizeOf(output.dims) / batch;
  check({ name, embeddings, scale, bias }, output, width);
  const logits = graph.within("classes", () => {
    const x = unit(reshape(output, [batch, width]));
    const rows = embeddings.flatMap((row) => Array.from(row));
    const t = unit(graph.addInitializer("texts", tensor("float32", [embeddings.length, width], rows)));
    const y = mul(matmul(x, transpose(t, [1, 0])), scale);
    return bias === 0 ? y : add(y, bias);
  });
  graph.addOutputNamed("logits", logits);
  return { ...model, graph };
}

/** x / |x|, row by row. */
const unit = (x: Value): Value => div(x, sqrt(sum(square(x), [1])));

function check({ name, embeddings, scale, bias }: Required<TextClasses>, output: Value, width: number): void {
  const fail = (reason: string): never => {
    throw new LimnError("bad-option", `${name}: ${reason}`);
  };
  if (embeddings.length === 0) fail("there are none; give an embedding for each class");
  for (const [index, row] of embeddings.entries()) {
    if (row.length !== width) {
      fail(
        `the embedding of class ${index} has ${row.length} numbers, but the output "${output.name}" has ${width} for each image; take both from the same model, after its projections`,
      );
    }
    const numbers = Array.from(row);
    if (!numbers.every(Number.isFinite))
      fail(`the embedding of class ${index} has numbers that are not finite; compute it again`);
    if (numbers.every((number) => number === 0)) fail(`the embedding of class ${index} is 0; compute it again`);
  }
  if (!(scale > 0 && Number.isFinite(scale))) fail(`the scale is ${scale}; give a positive number, such as 100`);
  if (!Number.isFinite(bias)) fail(`the bias is ${bias}; give a number, such as -10`);
}
