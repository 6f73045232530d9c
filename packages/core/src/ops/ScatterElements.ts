import { scattering } from "./scattering.js";

export const ScatterElements = scattering(
  ({ indices, at }, base, v, reduction) =>
    base.graph.emit("ScatterElements", [base, indices, v], { axis: at.int("axis", 0), reduction }),
  ({ indices, at }, from) => from.graph.emit("GatherElements", [from, indices], { axis: at.int("axis", 0) }),
);
