import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LimnError, type Runtime, VERSION } from "@limn/core";
import { weightFilesOf } from "@limn/node/internal";
import type { EvaluationSettings } from "./settings.js";
import { openSubject, type Subject } from "./subject.js";

/** The SHA-256 of a model's file and the files that hold its weights. @param path of the .onnx file */
export async function modelHash(path: string): Promise<string> {
  const others = weightFilesOf(path).sort();
  const hash = createHash("sha256");
  for (const file of [path, ...others.map((location) => join(dirname(path), location))]) {
    for await (const part of createReadStream(file)) hash.update(part as Buffer);
  }
  return hash.digest("hex");
}

/** What has to be the same on all machines, so that any of them can measure a picture. */
export interface Identity {
  /** Limn's version. */
  readonly limn: string;
  /** SHA-256 of the model's files. */
  readonly model: string;
  /** Fingerprint of the data set. */
  readonly data: string;
  /** SHA-256 of the preprocessing and of how the data's classes match the model's. */
  readonly reading: string;
}

/** @param model its hash */
export function identityOf({ opened, data, match }: Subject, model: string): Identity {
  const { preprocessing, input, classifier } = opened;
  const classes = data.classes.map((name) => [name, match.classesOf(name)]);
  const reading = createHash("sha256")
    .update(
      JSON.stringify([
        preprocessing,
        input,
        classes,
        classifier.scoreFunction,
        classifier.grid,
        ...(opened.found.classes ? [readFileSync(opened.found.classes.path, "base64")] : []),
      ]),
    )
    .digest("hex");
  return { limn: VERSION, model, data: data.fingerprint, reading };
}

const NAMES: Readonly<Record<keyof Identity, { readonly name: string; readonly advice: string }>> = {
  limn: { name: "Limn", advice: "install the same version on both machines" },
  model: { name: "the model", advice: "copy the model's files again" },
  data: { name: "the data", advice: "copy its annotations again" },
  reading: { name: "preprocessing and labels", advice: "copy the labels file and the preprocessing file again" },
};

/**
 * Checks that a machine has what an evaluation was begun with.
 * @param name what messages call the evaluation
 * @throws LimnError `bad-option` that says what differs
 */
export function checkIdentity(name: string, here: Identity, wanted: Identity): void {
  const part = (Object.keys(NAMES) as (keyof Identity)[]).find((key) => here[key] !== wanted[key]);
  if (!part) return;
  const { name: what, advice } = NAMES[part];
  throw new LimnError(
    "bad-option",
    `${name}: ${what} differs from what the evaluation was started with (${shortened(here[part])} here, ${shortened(wanted[part])} in the evaluation); ${advice}`,
  );
}

/** The start of a hash, which is enough to tell it from others. */
const shortened = (value: string): string => value.slice(0, 12);

/**
 * Opens the model and data that settings name, and checks that they are the wanted ones.
 * @throws LimnError `bad-option` if they are not
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
