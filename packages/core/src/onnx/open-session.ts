import type { Model } from "../graph/model.js";
import { factOf } from "../ops/registry.js";
import type { Runtime, Session, SessionOptions, TensorValue } from "../session.js";
import { type EncodeOptions, encodeModel } from "./encode.js";

/** How a model is written and loaded. */
export interface OpenOptions extends SessionOptions {
  /** How the model is written; see `encodeModel`. */
  readonly encode?: EncodeOptions;
  /** How many runs will follow, as far as it is known; tells how much to optimize, if `optimize` does not. Default: many. */
  readonly runs?: number;
}

/** From so many runs on, they save more than ONNX Runtime takes to optimize the graph: see "Loading" in docs/architecture.md. */
const WORTH_OPTIMIZING = 5;

/**
 * Loads a model into ONNX Runtime; release the session when you are done. See `runOnce` for a single run.
 * @throws LimnError `runtime` with ONNX Runtime's reason
 */
export const openSession = (
  model: Model,
  runtime: Runtime,
  { encode, runs = Number.POSITIVE_INFINITY, ...options }: OpenOptions = {},
): Promise<Session> =>
  runtime.createSession(encodeModel(model, encode), {
    optimize: runs < WORTH_OPTIMIZING && !roundsToIntegers(model) ? "layout" : "all",
    ...options,
  });

/** Whether a number that is a little different may become another integer, and a score with it. */
const roundsToIntegers = ({ graph }: Model): boolean =>
  graph.nodes.some((node) => factOf(node, "numbers") === "quantized");

/** Loads a model, and releases it when `use` ends, be it with an error. */
export async function withSession<T>(
  model: Model,
  runtime: Runtime,
  options: OpenOptions,
  use: (session: Session) => T | Promise<T>,
): Promise<T> {
  const session = await openSession(model, runtime, options);
  try {
    return await use(session);
  } finally {
    await session.release();
  }
}

/**
 * Loads a model, runs it once and releases it.
 * @param feeds its inputs by name
 * @returns all outputs by name
 * @throws LimnError `runtime` with ONNX Runtime's reason
 */
export const runOnce = (
  model: Model,
  runtime: Runtime,
  feeds: Readonly<Record<string, TensorValue>>,
  options: OpenOptions = {},
): Promise<Record<string, TensorValue>> =>
  withSession(model, runtime, { runs: 1, ...options }, (session) =>
    // one value can be several outputs
    session.run(feeds, [...new Set(model.graph.outputs.map(({ name }) => name))]),
  );
