import type { Value } from "../../graph/graph.js";
import { concat, squeeze, unsqueeze } from "../../graph/math.js";
import type { Model } from "../../graph/model.js";
import { normalizeAxis } from "../../graph/shapes.js";
import { numbersOf } from "../../graph/tensor.js";
import type { TakeApart } from "./part.js";

// Sequences of a length that is known, as values on their own.

/** SequenceAt: one of the elements. */
export const sequenceAt: TakeApart = ({ inputs: [sequence, position] }) => {
  const elements = elementsOf(sequence);
  const [at] = numbers(position) ?? [];
  return at === undefined ? undefined : elements?.at(at);
};

/** ConcatFromSequence: all of them, side by side or one on top of another. */
export const concatFromSequence: TakeApart = ({ at, inputs: [sequence] }) => {
  const elements = elementsOf(sequence);
  if (!elements || elements.length === 0 || elements.some(({ shape }) => !shape)) return undefined;
  const isNew = at.int("new_axis", 0) === 1;
  const rank = (elements[0] as Value).rank + (isNew ? 1 : 0);
  const axis = normalizeAxis(at.int("axis"), rank);
  return concat(isNew ? elements.map((element) => unsqueeze(element, [axis])) : elements, axis);
};

/** OptionalGetElement: what is there, where something is. */
export const optionalElement: TakeApart = ({ inputs: [x] }) => {
  const node = x?.producer;
  return node?.domain === "" && node.opType === "Optional" ? node.inputs[0] : x;
};

/** SequenceLength: how many there are. */
export const sequenceLength: TakeApart = ({ graph, inputs: [sequence] }) => {
  const elements = elementsOf(sequence);
  return elements && graph.constant("int64", [], [elements.length]);
};

/** ZipMap: the scores of which it makes maps from names to scores, one for each image. */
export const zippedScores: TakeApart = ({ inputs: [scores] }) => scores;

/** Names that a model's own graph gives to its classes. */
export interface NamesInGraph {
  readonly names: readonly string[];
  /** The node that holds them. */
  readonly by: string;
}

/** The names of a ZipMap; undefined if there is none, or if it only counts the classes. */
export function zippedNames({ graph }: Model): NamesInGraph | undefined {
  const node = graph.nodes.find(({ domain, opType }) => domain === "ai.onnx.ml" && opType === "ZipMap");
  if (!node) return undefined;
  const names = [...node.at.strings("classlabels_strings", []), ...node.at.ints("classlabels_int64s", []).map(String)];
  return names.every((name, i) => name === `${i}`) ? undefined : { names, by: node.label };
}

/** The elements of a sequence; undefined where they depend on what is not known. */
export function elementsOf(sequence: Value | undefined): readonly Value[] | undefined {
  const node = sequence?.producer;
  if (node?.domain !== "") return undefined;
  const [first, second, third] = node.inputs;
  switch (node.opType) {
    case "SequenceEmpty":
      return [];
    case "SequenceConstruct":
      return node.inputs.filter((v) => v !== undefined);
    case "Identity":
      return elementsOf(first);
    case "SplitToSequence":
      return first && partsOf(first, second, node.at.int("axis", 0), node.at.int("keepdims", 1) === 1);
    case "SequenceInsert": {
      const [elements, at] = [elementsOf(first), third ? numbers(third)?.[0] : Number.POSITIVE_INFINITY];
      return elements && second && at !== undefined ? elements.toSpliced(at, 0, second) : undefined;
    }
    case "SequenceErase": {
      const [elements, at] = [elementsOf(first), second ? numbers(second)?.[0] : -1];
      return elements && at !== undefined ? elements.toSpliced(at, 1) : undefined;
    }
    default:
      return undefined;
  }
}

/**
 * @param split the size of all parts, or one for each; without it each part is one position
 * @param keepsAxis whether the axis stays where each part is one position
 */
function partsOf(x: Value, split: Value | undefined, along: number, keepsAxis: boolean): Value[] | undefined {
  if (!x.shape) return undefined;
  const axis = normalizeAxis(along, x.rank);
  const length = x.dims[axis] as number;
  const given = split ? numbers(split) : [1];
  if (!given || !(given[0] as number)) return undefined;
  const equal = given[0] as number;
  const sizes =
    split && split.rank > 0
      ? given
      : Array.from({ length: Math.ceil(length / equal) }, (_, i) => Math.min(equal, length - i * equal));
  const parts = sizes.length === 1 ? [x] : x.graph.emitAll("Split", [x, x.graph.ints(sizes)], { axis }, sizes.length);
  return split || keepsAxis ? parts : parts.map((part) => squeeze(part, [axis]));
}

const numbers = (value: Value | undefined): number[] | undefined => value?.initializer && numbersOf(value.initializer);
