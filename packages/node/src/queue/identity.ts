import { createHash } from "node:crypto";
import { VERSION } from "@limn/core";
import type { Subject } from "../evaluate/subject.js";

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
  const { preprocessing, input } = opened;
  const classes = data.classes.map((name) => [name, match.classesOf(name)]);
  const reading = createHash("sha256")
    .update(JSON.stringify([preprocessing, input, classes]))
    .digest("hex");
  return { limn: VERSION, model, data: data.fingerprint, reading };
}

const NAMES: Readonly<Record<keyof Identity, { readonly name: string; readonly advice: string }>> = {
  limn: { name: "Limn", advice: "install the same version on both machines" },
  model: { name: "the model", advice: "copy the file anew" },
  data: { name: "the data", advice: "copy its annotations anew" },
  reading: { name: "preprocessing and labels", advice: "copy the files that say them" },
};

/** In what a machine differs from what was asked of it, in words; undefined where it doesn't. */
export function differenceOf(here: Identity, wanted: Identity): string | undefined {
  const part = (Object.keys(NAMES) as (keyof Identity)[]).find((key) => here[key] !== wanted[key]);
  if (!part) return undefined;
  const { name, advice } = NAMES[part];
  return `${name} is not what the evaluation was begun with: ${shortened(here[part])} there, ${shortened(wanted[part])} wanted; ${advice}`;
}

/** Enough of a hash to tell it from another. */
const shortened = (value: string): string => value.slice(0, 12);
