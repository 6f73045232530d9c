import { existsSync } from "node:fs";
import { basename } from "node:path";
import { type CompositeInit, compositeOf, compositeSchema, composites, LimnError, reasonOf } from "@limn/core";
import * as v from "valibot";
import { readText } from "./read-input.js";

/**
 * A composite by its name, or from a JSON file of the form
 * `{ "entries": [{ "match": { "kind": "convolution" }, "rule": "gamma", "options": { "gamma": 0.25 } }, { "rule": "epsilon" }] }`.
 * Without a name of its own it is called as the file, wherever that lies: from another folder it is still the same.
 * @throws LimnError `bad-option` with near matches, or `bad-input` naming the file and the entry
 */
export function readComposite(choice: string): string | CompositeInit {
  if (Object.hasOwn(composites, choice)) return choice;
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
    return fail(`no composite (${reasonOf(error)}); give ${FORM}`, error);
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
