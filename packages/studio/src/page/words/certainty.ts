import type { StudioModel } from "../store/model.js";
import { percent } from "./numbers.js";

/** How sure the model is of a class: its probability or, of a model without, its value. */
export const certaintyOf = ({ output }: Pick<StudioModel, "output">, probability: number): string =>
  output.kind === "value" || output.kind === "as it is" ? probability.toPrecision(4) : percent(probability);
