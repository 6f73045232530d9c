import { scattering } from "./scattering.js";

export const ScatterND = scattering(
  ({ indices, dy }, v) => dy.graph.emit("ScatterND", [dy, indices, v]),
  ({ indices, dy }) => dy.graph.emit("GatherND", [dy, indices]),
);
