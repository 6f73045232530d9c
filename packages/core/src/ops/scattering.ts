import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import { expand, scalar } from "../graph/math.js";
import { defineOperator, type Operator, plain, stop, type Wires } from "./operator.js";

type ScatteringWires = Wires<"x" | "indices" | "updates">;

/**
 * An operator that writes updates over x, or adds them to it, at positions that are computed.
 *
 * @param write writes v over dy at the positions
 * @param read dy at the positions
 */
export const scattering = (
  write: (wires: ScatteringWires, v: Value) => Value,
  read: (wires: ScatteringWires) => Value,
): Operator =>
  defineOperator({
    inputs: ["x", "indices", "updates"],
    // where x was written over, dx is 0
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

/** Whether updates are added, not written over. */
function adds({ at, node }: ScatteringWires): boolean {
  const reduction = at.string("reduction", "none");
  if (reduction === "none" || reduction === "add") return reduction === "add";
  throw new LimnError(
    "unsupported",
    `${node.label}: no gradient with reduction "${reduction}"; choose a layer downstream of it`,
  );
}
