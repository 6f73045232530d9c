import type { ErrorCode } from "@limn/core";
import type { Identity } from "./identity.js";
import type { ItemRecord } from "./result-log.js";
import type { EvaluationSettings } from "./settings.js";

/** What a worker thread is started with. */
export interface Order {
  readonly settings: EvaluationSettings;
  /** The model and data that the settings must name on this machine; undefined to not check that. */
  readonly wanted: Identity | undefined;
  /** Threads that one operator uses. */
  readonly threads: number;
  /** ONNX Runtime's execution providers; undefined for its default. */
  readonly providers: readonly string[] | undefined;
}

/** What a worker thread answers. */
export type Answer =
  | "ready"
  | { readonly chunk: number; readonly items: ItemRecord[] }
  | { readonly chunk: number | undefined; readonly code: ErrorCode; readonly message: string };
