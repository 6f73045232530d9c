import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { dirname, join } from "node:path";
import { LimnError, type Runtime, VERSION } from "@limn/core";
import { weightFilesOf } from "@limn/node/internal";
import type { EvaluationSettings } from "./settings.js";
import { openSubject, type Subject } from "./subject.js";

/** A SHA-256 over a model's file and the files that its weights are in. @param path of the .onnx file */
export async function modelHash(path: string): Promise<string> {
  const others = weightFilesOf(path).sort();
  const hash = createHash("sha256");
  for (const file of [path, ...others.map((location) => join(dirname(path), location))]) {
    for await (const part of createReadStream(file)) hash.update(part as Buffer);
  }
  return hash.digest("hex");
}

/** What has to be the same on every machine, so that it does not matter which of them measures a picture. */
export interface Identity {
  /** Limn's version. */
  readonly limn: string;
  /** SHA-256 of the model's files. */
  readonly model: string;
  /** Fingerprint of the data set. */
  readonly data: string;
  /** SHA-256 over how pictures become inputs, and which classes of the model the data's are. */
  readonly reading: string;
}

/** @param model its hash */
export function identityOf({ opened, data, match }: Subject, model: string): Identity {
  const { preprocessing, input, classifier } = opened;
  const classes = data.classes.map((name) => [name, match.classesOf(name)]);
  const reading = createHash("sha256")
    .update(JSON.stringify([preprocessing, input, classes, classifier.scoreFunction]))
    .digest("hex");
  return { limn: VERSION, model, data: data.fingerprint, reading };
}

const NAMES: Readonly<Record<keyof Identity, { readonly name: string; readonly advice: string }>> = {
  limn: { name: "Limn", advice: "install the same version on both machines" },
  model: { name: "the model", advice: "copy the file anew" },
  data: { name: "the data", advice: "copy its annotations anew" },
  reading: { name: "preprocessing and labels", advice: "copy the files that say them" },
};

/**
 * Checks that a machine has what an evaluation was begun with.
 * @param name of what is evaluated, for messages
 * @throws LimnError `bad-option` that says in what it differs
 */
export function checkIdentity(name: string, here: Identity, wanted: Identity): void {
  const part = (Object.keys(NAMES) as (keyof Identity)[]).find((key) => here[key] !== wanted[key]);
  if (!part) return;
  const { name: what, advice } = NAMES[part];
  throw new LimnError(
    "bad-option",
    `${name}: ${what} is not what the evaluation was begun with: ${shortened(here[part])} there, ${shortened(wanted[part])} wanted; ${advice}`,
  );
}

/** Enough of a hash to tell it from another. */
const shortened = (value: string): string => value.slice(0, 12);

/**
 * What settings name, checked.
 * @throws LimnError `bad-option` where it is not what is wanted
 */
export async function subjectFor(
  settings: EvaluationSettings,
  wanted: Identity | undefined,
  runtime: Runtime,
): Promise<Subject> {
  const subject = await openSubject(settings, runtime);
  if (wanted) {
    const hash = await modelHash(subject.opened.found.path);
    checkIdentity(`${settings.model} on ${settings.data.data}`, identityOf(subject, hash), wanted);
  }
  return subject;
}
