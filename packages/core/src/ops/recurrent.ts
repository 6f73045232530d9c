import { defineOperator, type Operator, plain, stop } from "./operator.js";

/** Recurrent layers of no more steps than this are written step by step as a model is loaded. */
export const MOST_STEPS = 256;

const recurrent = <const In extends string>(inputs: readonly In[]): Operator =>
  defineOperator({
    inputs,
    gradient: stop(
      `Limn unrolls recurrent layers of up to ${MOST_STEPS} steps, with Sigmoid, Tanh and Relu, but not those with several lengths in a batch, clip or input_forget; use a method without gradients (rise, occlusion), or choose a layer downstream of it`,
    ),
    layout: "ends",
    sign: "any",
    ...plain,
  });

export const recurrentOperators = {
  GRU: recurrent(["x", "w", "r", "b?", "lengths?", "h?"]),
  LSTM: recurrent(["x", "w", "r", "b?", "lengths?", "h?", "c?", "p?"]),
  RNN: recurrent(["x", "w", "r", "b?", "lengths?", "h?"]),
};
