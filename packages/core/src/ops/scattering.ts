import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import { expand, scalar } from "../graph/math.js";
import { defineOperator, type Operator, plain, stop, type Wires } from "./operator.js";

type ScatteringWires = Wires<"x" | "indices" | "updates">;

/**
 * Defines an operator that writes updates over x, or adds them to it, at computed positions.
 *
 * @param write writes v over dy at the positions
 * @param read reads dy at the positions
 */
export const scattering = (
  write: (wires: ScatteringWires, v: Value) => Value,
  read: (wires: ScatteringWires) => Value,
): Operator =>
  defineOperator({
    inputs: ["x", "indices", "updates"],
    // dx is 0 where x was overwritten
    gradient: {
      x: (wires) => (adds(wires) ? wires.dy : write(wires, expand(scalar(0, wires.updates), wires.updates.dims))),
      updates: (wires) => {
        adds(wires);
        return read(wires);
      },
    },
    relevance: stop("writes to computed positions have no relevance rule; choose a layer downstream of it"),
    layout: "keeps",
    sign: "keeps",
    ...plain,
  });

/** Whether updates are added to x; otherwise they overwrite it. */
function adds({ at, node }: ScatteringWires): boolean {
  const reduction = at.string("reduction", "none");
  if (reduction === "none" || reduction === "add") return reduction === "add";
  throw new LimnError(
    "unsupported",
    `${node.label}: Limn can't differentiate reduction "${reduction}"; choose a layer downstream of it`,
  );
}
