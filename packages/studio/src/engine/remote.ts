import { LimnError } from "@limn/core";
import type { Call, Engine } from "./engine.js";
import { type Answer, fromWords, METHODS, type MethodOfEngine, type Port, type Request } from "./messages.js";

/** An engine that is somewhere else. */
export interface RemoteEngine extends Engine {
  /** Rejects all calls that wait for an answer: there will be none. @param reason in words, or with what they are rejected */
  lose(reason: string | Error): void;
}

/**
 * Calls the methods of an engine at the other end of a port.
 * @param onLost is called when the engine says that it can't go on
 */
export function remoteEngine(port: Port<Request, Answer>, onLost: (reason: string) => void = () => {}): RemoteEngine {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  const settle = (id: number): Waiting | undefined => {
    const call = waiting.get(id);
    waiting.delete(id);
    return call;
  };
  port.receive = (answer) => {
    if ("lost" in answer) return onLost(answer.lost);
    if ("step" in answer) return waiting.get(answer.id)?.onStep?.(answer.step);
    const call = settle(answer.id);
    if ("error" in answer) call?.reject(fromWords(answer.error));
    else call?.resolve(answer.result);
  };
  const call = (method: MethodOfEngine, given: readonly unknown[]): Promise<unknown> => {
    const args = given.slice(0, METHODS[method]);
    const { signal, onStep } = (given[METHODS[method]] ?? {}) as Call<unknown>;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const id = ++last;
      const abort = () => {
        settle(id)?.reject(signal?.reason);
        port.send({ id, cancel: true });
      };
      signal?.addEventListener("abort", abort, { once: true });
      const end = () => signal?.removeEventListener("abort", abort);
      waiting.set(id, {
        resolve: (result) => {
          end();
          resolve(result);
        },
        reject: (reason) => {
          end();
          reject(reason);
        },
        onStep,
      });
      port.send({ id, method, args });
    });
  };
  const methods = Object.keys(METHODS) as MethodOfEngine[];
  const engine = Object.fromEntries(methods.map((method) => [method, (...given: unknown[]) => call(method, given)]));
  return {
    ...(engine as unknown as Engine),
    lose(reason) {
      const error = typeof reason === "string" ? new LimnError("runtime", reason) : reason;
      for (const id of [...waiting.keys()]) settle(id)?.reject(error);
    },
  };
}

/** A call whose answer has not come. */
interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly onStep: ((step: unknown) => void) | undefined;
}
