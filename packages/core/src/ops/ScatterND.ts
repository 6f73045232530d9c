import { scattering } from "./scattering.js";

export const ScatterND = scattering(
  ({ indices }, base, v, reduction) => base.graph.emit("ScatterND", [base, indices, v], { reduction }),
  ({ indices }, from) => from.graph.emit("GatherND", [from, indices]),
);
