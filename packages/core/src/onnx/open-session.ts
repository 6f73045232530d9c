import type { Model } from "../graph/model.js";
import type { Runtime, Session, SessionOptions, TensorValue } from "../session.js";
import { type EncodeOptions, encodeModel } from "./encode.js";

export interface OpenOptions extends SessionOptions {
  /** How the model is written; see `encodeModel`. */
  readonly encode?: EncodeOptions;
}

/**
 * Loads a model into ONNX Runtime, for many runs: whoever opens the session releases it. See `withSession` for work
 * that ends where it begins, and `runOnce`.
 * @throws LimnError `runtime` with ONNX Runtime's reason
 */
export const openSession = (
  model: Model,
  runtime: Runtime,
  { encode, ...options }: OpenOptions = {},
): Promise<Session> => runtime.createSession(encodeModel(model, encode), options);

/** Loads a model for as long as `use` takes, and releases it however that ends. */
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

/** All outputs of a model, by name, for inputs that it is run on once. */
export const runOnce = (
  model: Model,
  runtime: Runtime,
  feeds: Readonly<Record<string, TensorValue>>,
  options: OpenOptions = {},
): Promise<Record<string, TensorValue>> =>
  withSession(model, runtime, options, (session) =>
    // the same value can be several outputs
    session.run(feeds, [...new Set(model.graph.outputs.map(({ name }) => name))]),
  );
