import { existsSync } from "node:fs";
import { type CompositeInit, compositeOf, compositeSchema, composites, LimnError, reasonOf } from "@limn/core";
import { readInput } from "./read-input.js";

/**
 * A composite by its name, or from a JSON file of the form
 * `{ "entries": [{ "match": { "kind": "convolution" }, "rule": "gamma", "options": { "gamma": 0.25 } }, { "rule": "epsilon" }] }`.
 * @throws LimnError `bad-option` with near matches, or `bad-input` naming the file and the entry
 */
export function readComposite(choice: string): string | CompositeInit {
  if (Object.hasOwn(composites, choice)) return choice;
  if (!choice.endsWith(".json") && !existsSync(choice)) {
    compositeOf(choice);
    return choice;
  }
  const text = readInput(choice, "a composite in JSON").toString("utf8");
  try {
    const composite = compositeSchema.parse({ name: choice, ...JSON.parse(text) });
    compositeOf(composite);
    return composite;
  } catch (error) {
    if (error instanceof LimnError) throw new LimnError("bad-input", `${choice}: ${error.message}`, { cause: error });
    throw new LimnError(
      "bad-input",
      `${choice}: no composite (${reasonOf(error)}); give { "entries": [{ "match": { "kind": "convolution" }, "rule": "z-plus" }, { "rule": "epsilon" }] }`,
      { cause: error },
    );
  }
}
