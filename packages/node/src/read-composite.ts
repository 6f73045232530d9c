import { existsSync } from "node:fs";
import { basename } from "node:path";
import { type CompositeInit, compositeOf, compositeSchema, composites, LimnError, reasonOf, USUAL } from "@limn/core";
import * as v from "valibot";
import { readText } from "./read-input.js";

/**
 * Reads a composite from a JSON file, or finds one of Limn's own by its name. The file's form:
 * `{ "entries": [{ "match": { "kind": "convolution" }, "rule": "gamma", "options": { "gamma": 0.25 } }, { "rule": "epsilon" }] }`.
 * A composite without a name of its own is called as its file, so that the folder does not matter.
 * @param choice a name, or the path of a file
 * @returns what options called `composite` take
 * @throws LimnError `bad-option` for an unknown name, with similar ones; `bad-input` for a file, naming it and the entry
 */
export function readComposite(choice: string): string | CompositeInit {
  if (choice === USUAL || Object.hasOwn(composites, choice)) return choice;
  if (!choice.endsWith(".json") && !existsSync(choice)) {
    compositeOf(choice);
    return choice;
  }
  const text = readText(choice, "a composite in JSON");
  const fail = (reason: string, cause: unknown): never => {
    throw new LimnError("bad-input", `${choice}: ${reason}`, { cause });
  };
  let written: object;
  try {
    written = JSON.parse(text);
  } catch (error) {
    return fail(`this is not JSON (${reasonOf(error)}); give a composite, such as ${FORM}`, error);
  }
  try {
    const composite = { name: basename(choice), ...written } as CompositeInit;
    compositeOf(composite);
    return v.parse(compositeSchema, composite);
  } catch (error) {
    return fail(reasonOf(error), error);
  }
}

const FORM = '{ "entries": [{ "match": { "kind": "convolution" }, "rule": "z-plus" }, { "rule": "epsilon" }] }';
