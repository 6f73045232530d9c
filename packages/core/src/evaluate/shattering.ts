import { gradientFrom } from "../backward.js";
import { channelAxisOf } from "../channel-axis.js";
import type { Classifier } from "../classifier.js";
import { addScore, copyOf, IMAGE, TARGET, targetsTensor, withNamedOutputs } from "../compile/interface.js";
import type { Value } from "../graph/graph.js";
import {
  abs,
  cast,
  concat,
  div,
  max,
  maximum,
  mean,
  mul,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  transpose,
} from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { sizeOf } from "../graph/tensor.js";
import { layersOf } from "../layers.js";
import type { Combination } from "../methods/method.js";
import { openSession } from "../onnx/open-session.js";
import type { Runtime, Session, TensorValue } from "../session.js";

/** A tensor between image and score whose gradient is measured. */
export interface GradientStage {
  /** `image`, or a stage's name. */
  readonly name: string;
  /** The fraction of the network's layers with weights that lie between it and the score: 1 at the image. */
  readonly remaining: number;
}

const correlationName = (stage: GradientStage): string => `correlation/${stage.name}`;

/**
 * How smooth the gradient still is after so many layers (Balduzzi et al. 2017): the correlation of the gradients of
 * neighboring positions, at the image and at every stage.
 *
 *   r = corr(g_p, g_q)        over all channels and all pairs of positions p, q side by side or one above the other
 *
 * It is near 1 if the gradient changes slowly along the picture, and near 0 if it is white noise.
 */
export class GradientShattering {
  readonly stages: readonly GradientStage[];
  readonly #session: Session;

  private constructor(stages: readonly GradientStage[], session: Session) {
    this.stages = stages;
    this.#session = session;
  }

  /** @param combination what is explained, if it is not a class */
  static async create(
    classifier: Classifier,
    runtime: Runtime,
    combination?: Combination,
  ): Promise<GradientShattering> {
    const { model, stages } = shatteringGraph(classifier, combination);
    const session = await openSession(model, runtime, { weights: classifier.weights, yields: true });
    return new GradientShattering(stages, session);
  }

  /**
   * @param image in the shape of the classifier's input, [N, ...]
   * @param targets a class for each picture; a combination is explained whatever they say
   * @returns the correlations of each stage, [N], from -1 to 1
   */
  async run(image: TensorValue, targets: readonly number[]): Promise<Float32Array[]> {
    const names = this.stages.map(correlationName);
    const feeds = this.#session.inputs.some(({ name }) => name === TARGET) ? { [TARGET]: targetsTensor(targets) } : {};
    const results = await this.#session.run({ [IMAGE]: image, ...feeds }, names);
    return names.map((name) => (results[name] as TensorValue).data as Float32Array);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function shatteringGraph(
  classifier: Classifier,
  combination: Combination | undefined,
): { model: Model; stages: GradientStage[] } {
  const copy = copyOf(classifier);
  const { image, model } = copy;
  const score = addScore(copy, combination);
  const gradient = gradientFrom(score.logits, score.seed);
  const channelsFirst = (g: Value) => (channelAxisOf(image) === 1 ? g : transpose(g, [0, 3, 1, 2]));
  // each [N, K, h, w]
  const tensors = [
    { name: "image", remaining: 1, gradient: () => channelsFirst(gradient.at(image)) },
    ...layersOf(copy).flatMap(({ stage, depth, value, shape, tokens }) =>
      stage !== undefined && shape.length === 4 && sizeOf(shape.slice(2)) > 1
        ? [{ name: stage, remaining: 1 - depth, gradient: () => tokens?.lay(gradient.at(value)) ?? gradient.at(value) }]
        : [],
    ),
  ];
  const measured = tensors.map(({ gradient, ...stage }) => ({
    stage,
    correlation: correlationOfNeighbors(gradient()),
  }));
  const outputs = measured.map(({ stage, correlation }): [string, Value] => [correlationName(stage), correlation]);
  return { model: withNamedOutputs(model, outputs), stages: tensors.map(({ gradient: _, ...stage }) => stage) };
}

/** Keeps divisions finite for gradients without variation. */
const SMALLEST_VARIANCE = 1e-30;

/** @param g [N, K, h, w] @returns [N] */
function correlationOfNeighbors(g: Value): Value {
  const [N = 1, , h = 1, w = 1] = g.dims;
  const x = cast(g, "float32");
  const part = (axis: number, start: number, end: number) => {
    const values = slice(x, [{ axis, start, end }]);
    return reshape(values, [N, sizeOf(values.dims) / N]);
  };
  const firsts = concat([part(3, 0, w - 1), part(2, 0, h - 1)], 1);
  const seconds = concat([part(3, 1, w), part(2, 1, h)], 1);
  const [a, b] = [firsts, seconds].map((v) => scaled(sub(v, mean(v, [1])))) as [Value, Value];
  const covariance = mean(mul(a, b), [1], false);
  const variances = mul(mean(square(a), [1], false), mean(square(b), [1], false));
  return div(covariance, sqrt(max(variances, SMALLEST_VARIANCE)));
}

/** Divided by the largest absolute value, so that squares of small gradients are not lost. */
function scaled(v: Value): Value {
  return div(v, max(maximum(abs(v), [1]), SMALLEST_VARIANCE));
}
