// Loaded before all else in the processes that run test files. One runs on each core: a session that took all cores,
// as it does where nobody says how many threads it has, would mostly wait for those of other files.
import { InferenceSession } from "onnxruntime-node";

const { create } = InferenceSession;
InferenceSession.create = (model, options) =>
  create.call(InferenceSession, model, { intraOpNumThreads: 1, ...options });
