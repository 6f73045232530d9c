import { createHash } from "node:crypto";
import { type Identity, identityOf } from "../evaluation/identity.js";
import type { EvaluationSettings } from "../evaluation/settings.js";
import type { Assignment } from "../evaluation/workforce.js";

/** The names of the queue and of its keys in Redis. Evaluations share one queue, so that workers serve all of them. */
export const QUEUE = { name: "evaluation", prefix: "limn" } as const;

/** An evaluation, as workers see it. */
export interface QueuedEvaluation {
  /** The same for the same evaluation, on any machine and at any time, and for no other. */
  readonly key: string;
  readonly settings: EvaluationSettings;
  readonly identity: Identity;
}

/** A chunk of an evaluation: what a job of the queue says. */
export interface Task {
  readonly evaluation: QueuedEvaluation;
  readonly chunk: number;
}

export function evaluationOf({
  head,
  settings,
  subject,
  modelHash,
}: Pick<Assignment, "head" | "settings" | "subject" | "modelHash">): QueuedEvaluation {
  const identity = identityOf(subject, modelHash);
  const hash = createHash("sha256").update(JSON.stringify([head, identity]));
  return { key: hash.digest("hex").slice(0, 32), settings, identity };
}

/** The same for the same chunk: however often it is handed in, it is in the queue once. */
export const jobIdOf = ({ key }: QueuedEvaluation, chunk: number): string => `${key}-${chunk}`;
