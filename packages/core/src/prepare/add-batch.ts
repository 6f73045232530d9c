import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import type { Shape } from "../graph/tensor.js";

/** The numbers of channels that pictures have. */
const CHANNELS = [1, 3, 4];

/**
 * Lets a model that takes a picture without a batch, as [channels, height, width] or [height, width, channels], or gray ones
 * without channels, as [1, height, width], take a batch of one.
 *
 * Requires: an input of a static shape.
 * @returns the model itself if its input has another form
 */
export function addBatch(model: Model): Model {
  const [input] = model.graph.inputs;
  const shape = input?.shape;
  if (!input || shape?.length !== 3 || !isPicture(shape)) return model;
  const { graph } = rewrite(model.graph, () => undefined, {
    input: ({ name, dtype }, target) => {
      const image = target.addInput(name, dtype, [1, ...shape]);
      return target.within(name, () => target.emit("Reshape", [image, target.ints(shape)]));
    },
  });
  return { ...model, graph };
}

const isPicture = ([first, , last]: Shape): boolean =>
  CHANNELS.includes(first as number) || CHANNELS.includes(last as number);
