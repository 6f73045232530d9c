import type { Model } from "../graph/model.js";

/** The operator set that everything after prepare/ is written in. */
export const DIALECT = 21;

export function upgradeOpset(model: Model): Model {
  return { ...model, irVersion: 10, opsets: new Map([...model.opsets, ["", DIALECT]]) };
}
