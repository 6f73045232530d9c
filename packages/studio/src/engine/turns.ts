import type { Runtime, Session } from "@limn/core";

/** For how many milliseconds messages wait at most, unless a single run takes longer. */
const PATIENCE = 10;

/**
 * A runtime that does one thing at a time, in the order in which it is asked, and lets messages in between. ONNX Runtime
 * takes all cores anyway, and not all of its packages can run two graphs at once. Work of many runs so leaves room for
 * work of one run that comes later.
 * @param pause lets messages in
 */
export function takingTurns(runtime: Runtime, pause: () => Promise<void>): Runtime {
  let last: Promise<unknown> = Promise.resolve();
  let paused = performance.now();
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const turn = last.then(async () => {
      if (performance.now() - paused > PATIENCE) {
        await pause();
        paused = performance.now();
      }
      return action();
    });
    last = turn.catch(() => {});
    return turn;
  };
  return {
    async createSession(model, options) {
      const session = await inTurn(() => runtime.createSession(model, options));
      return {
        inputs: session.inputs,
        outputs: session.outputs,
        run: (feeds, fetch) => inTurn(() => session.run(feeds, fetch)),
        release: () => inTurn(() => session.release()),
      } satisfies Session;
    },
  };
}
