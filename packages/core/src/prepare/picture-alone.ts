import type { Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";

/**
 * What a model with several inputs computes from the picture alone: of a file with both encoders of CLIP, the embedding of the image.
 *
 * Ensures: where one input has the four dimensions of a picture, and outputs need no other, the others are gone.
 * @param output the only output that is wanted; default: all that need no other input
 * @returns the model itself if there is nothing to leave out; and what is to be said
 */
export function pictureAlone(model: Model, output?: string): { readonly model: Model; readonly warnings: string[] } {
  const { inputs, outputs } = model.graph;
  const [picture, ...others] = inputs.filter(({ declared }) => declared?.length === 4);
  if (inputs.length < 2 || !picture || others.length > 0) return { model, warnings: [] };
  const wanted = outputs.filter(({ name }) => output === undefined || name === output);
  const kept = wanted.filter((value) => needsOnly(value, picture, inputs));
  if (kept.length === 0) return { model, warnings: [] };
  const { graph } = rewrite(model.graph, () => undefined, { outputs: kept });
  const left = graph.inputs.filter(({ name }) => name !== picture.name);
  for (const input of left) graph.inputs.splice(graph.inputs.indexOf(input), 1);
  return { model: { ...model, graph }, warnings: [said(picture, left)] };
}

const needsOnly = (output: Value, picture: Value, inputs: readonly Value[]): boolean => {
  const read = new Set(output.graph.ancestors([output]).flatMap((node) => node.reads()));
  return inputs.every((input) => read.has(input) === (input === picture));
};

const said = (picture: Value, left: readonly Value[]): string =>
  `the model has ${left.length + 1} inputs; explaining what it computes from "${picture.name}" alone, without ${left.map(({ name }) => `"${name}"`).join(", ")}`;
