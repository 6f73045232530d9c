import { LimnError } from "../../error.js";
import type { AttributeReader } from "../../graph/attributes.js";
import type { Graph, Node, Value } from "../../graph/graph.js";

/** A node that has to be written in the dialect. */
export interface Site {
  /** The node as the model has it. */
  readonly node: Node;
  readonly at: AttributeReader;
  /** Its inputs in the new graph. */
  readonly inputs: readonly (Value | undefined)[];
  readonly graph: Graph;
  /** Whether anything reads the node's output `i`. */
  isRead(i: number): boolean;
}

/** Writes the node in opset 21's form and gives its outputs; undefined if the form turns out to be the same. */
export interface Upgrade {
  (site: Site): Value | readonly (Value | undefined)[] | undefined;
  /** Why there is no such form, if there is none. */
  readonly refuses?: string;
}

/** An input that the operator can't do without. */
export function required({ node, inputs }: Site, i: number): Value {
  const value = inputs[i];
  if (value) return value;
  throw new LimnError("bad-model", `${node.label}: its input ${i} is missing; export the model again`);
}

/** For forms without a counterpart in opset 21. @param reason what the node does, and after a semicolon what to do */
export const refuse = (reason: string): Upgrade =>
  Object.assign(
    ({ node }: Site): never => {
      throw new LimnError("unsupported", `${node.label}: ${reason}`);
    },
    { refuses: reason },
  );
