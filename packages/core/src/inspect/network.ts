import type { Classifier } from "../classifier.js";
import type { Node } from "../graph/graph.js";
import type { Shape } from "../graph/tensor.js";
import { layersOf } from "../layers.js";
import { pathBetween } from "../path.js";

/** A node of a network, on the way from the image to the scores. */
export interface NetworkNode {
  /** As in the user's file, and in a `Ledger`. */
  readonly name: string;
  readonly operator: string;
  /** The stage that it is a part of, as `layersOf` names it; `head` after the last. */
  readonly stage: string;
  /** Of its output; empty if it is not known. */
  readonly shape: Shape;
  /** The name of the layer, if maps can be made at its output: what `findLayer` takes. */
  readonly layer: string | undefined;
}

/** A network as a graph. */
export interface Network {
  /** In the order in which they are computed. */
  readonly nodes: readonly NetworkNode[];
  /** Indices of nodes, from one to the next. */
  readonly edges: readonly (readonly [from: number, to: number])[];
}

/** The nodes that make the scores of the image, as the classifier was loaded: without what loading has folded away. */
export function networkOf(classifier: Classifier): Network {
  const path = pathBetween(classifier.image, classifier.logits);
  const indices = new Map<Node | undefined, number>(path.map((node, i) => [node, i]));
  const layers = new Map(layersOf(classifier).map((layer) => [layer.value.producer, layer]));
  const ends = path.flatMap((node, i) => {
    const stage = layers.get(node)?.stage;
    return stage === undefined ? [] : [{ stage, i }];
  });
  return {
    nodes: path.map((node, i) => ({
      name: node.name,
      operator: node.opType,
      stage: ends.find((end) => i <= end.i)?.stage ?? "head",
      shape: node.outputs[0]?.shape ?? [],
      layer: layers.get(node)?.tensor,
    })),
    edges: path.flatMap((node, to) =>
      [...new Set(node.inputs.map((input) => indices.get(input?.producer)))].flatMap((from) =>
        from === undefined ? [] : ([[from, to]] as const),
      ),
    ),
  };
}
