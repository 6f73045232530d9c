import { type ErrorCode, LimnError, reasonOf } from "@limn/core";
import type { Engine } from "./engine.js";

// What a page and its engine say to each other, by whichever way: messages between threads, or over a socket.

/** How many arguments each method takes before its `Call`. */
export const METHODS = {
  about: 0,
  modelsAt: 1,
  openModel: 2,
  openPicture: 1,
  classify: 2,
  explain: 3,
  glance: 4,
  curves: 4,
  sanity: 3,
  network: 1,
  ledger: 3,
  imagine: 2,
  save: 2,
  evaluations: 0,
  evaluation: 1,
  release: 1,
} as const satisfies Record<keyof Engine, number>;

export type MethodOfEngine = keyof typeof METHODS;

/** What a page asks. */
export type Request =
  | { readonly id: number; readonly method: MethodOfEngine; readonly args: readonly unknown[] }
  /** Nobody waits for the answer any more. */
  | { readonly id: number; readonly cancel: true };

/** What an engine answers. */
export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly step: unknown }
  | { readonly id: number; readonly error: ErrorInWords }
  /** The engine can't go on, and why. */
  | { readonly lost: string };

/** An error that goes from thread to thread, or over a socket. */
export interface ErrorInWords {
  /** Undefined for an error that nobody thought of. */
  readonly code: ErrorCode | undefined;
  readonly message: string;
}

export const inWords = (error: unknown): ErrorInWords =>
  error instanceof LimnError
    ? { code: error.code, message: error.message }
    : {
        code: undefined,
        message: `Limn itself fails here (${reasonOf(error)}); report it, with the model and the picture`,
      };

export const fromWords = ({ code, message }: ErrorInWords): Error =>
  code === undefined ? new Error(message) : new LimnError(code, message);

/** One end of a way between a page and its engine. */
export interface Port<Out, In> {
  send(message: Out): unknown;
  /** Is called with every message from the other end. */
  receive: (message: In) => void;
}
