import { scattering } from "./scattering.js";

export const ScatterElements = scattering(
  ({ indices, dy, at }, v) => dy.graph.emit("ScatterElements", [dy, indices, v], { axis: at.int("axis", 0) }),
  ({ indices, dy, at }) => dy.graph.emit("GatherElements", [dy, indices], { axis: at.int("axis", 0) }),
);
