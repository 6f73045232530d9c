import { told } from "../definition.js";
import { LimnError } from "../error.js";
import { type Graph, Value } from "../graph/graph.js";
import type { Method } from "./method.js";

/** What a value must be, and how that is told to those whose code gave another one. */
interface Wanted {
  readonly fits?: (value: Value) => boolean;
  readonly advice: string;
}

/**
 * Sees that what a method's code gives is a value of the graph that it writes.
 * @param what it is, for messages: a subject and a verb
 * @throws LimnError `bad-option` naming the method, what it gave, and what to give instead
 */
export function checkValue(
  method: Pick<Method, "name">,
  what: string,
  found: unknown,
  graph: Graph,
  { fits = () => true, advice }: Wanted = { advice: "give a value of the graph" },
): void {
  if (found instanceof Value && found.graph === graph && fits(found)) return;
  throw new LimnError("bad-option", `method ${method.name}: ${what} ${described(found, graph)}; ${advice}`);
}

/** A value's type and shape, for messages. */
export const typed = ({ dtype, dims }: Value): string => `${dtype} [${dims.join(", ")}]`;

function described(found: unknown, graph: Graph): string {
  if (!(found instanceof Value)) return told(found);
  return found.graph === graph ? typed(found) : "a value of another graph";
}
