import type { ErrorCode } from "@limn/core";
import type { Identity } from "./identity.js";
import type { ItemRecord } from "./result-log.js";
import type { EvaluationSettings } from "./settings.js";

/** What a worker thread is started with. */
export interface Order {
  readonly settings: EvaluationSettings;
  /** What the settings are to stand for here; not checked unless given. */
  readonly wanted: Identity | undefined;
  /** Threads within one operator. */
  readonly threads: number;
  /** ONNX Runtime's execution providers; its own choice where none are named. */
  readonly providers: readonly string[] | undefined;
}

/** What a worker thread says. */
export type Answer =
  | "ready"
  | { readonly chunk: number; readonly items: ItemRecord[] }
  | { readonly chunk: number | undefined; readonly code: ErrorCode; readonly message: string };
