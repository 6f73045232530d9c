import { LimnError } from "@limn/core";
import { describe, expect, it } from "vitest";
import { decodeMessage, encodeMessage } from "./codec.js";
import type { Engine } from "./engine.js";
import type { Answer, Port, Request } from "./messages.js";
import { remoteEngine } from "./remote.js";
import { serveEngine } from "./serve.js";

/** A remote engine and the one that it stands for, with messages that go through bytes. */
function pair(engine: Partial<Engine>, onLost?: (reason: string) => void) {
  const here: Port<Request, Answer> = {
    send: (m) => queueMicrotask(() => there.receive(through(m))),
    receive: () => {},
  };
  const there: Port<Answer, Request> = {
    send: (m) => queueMicrotask(() => here.receive(through(m))),
    receive: () => {},
  };
  const served = serveEngine(engine as Engine, there);
  return { remote: remoteEngine(here, onLost), served, there };
}

const through = <T>(message: T): T => decodeMessage(encodeMessage(message)) as T;

describe("a remote engine", () => {
  it("gives what the engine gives, step by step", async () => {
    const steps: unknown[] = [];
    const { remote } = pair({
      openPicture: async (source) => ({ handle: "h", name: "n", warnings: [], ...(source as object) }) as never,
      sanity: async (_, __, ___, call) => {
        call?.onStep?.({ doing: "a", done: 1, total: 2 } as never);
        return [{ level: "x", correlation: Number.NaN }] as never;
      },
    });
    const picture = { width: 1, height: 1, rgb: Uint8Array.of(1, 2, 3) };
    expect(await remote.openPicture({ kind: "pixels", name: "p", picture })).toMatchObject({ name: "p", picture });
    const levels = await remote.sanity({ model: "m", picture: "p" }, { method: "x" }, 0, {
      onStep: (s) => steps.push(s),
    });
    expect(levels).toEqual([{ level: "x", correlation: Number.NaN }]);
    expect(steps).toEqual([{ doing: "a", done: 1, total: 2 }]);
  });

  it("passes errors on with their code, and tells those that nobody thought of from them", async () => {
    const { remote } = pair({
      about: () => Promise.reject(new LimnError("bad-model", "m: it is damaged")),
      evaluations: () => Promise.reject(new TypeError("x is not a function\nat y")),
    });
    await expect(remote.about()).rejects.toEqual(new LimnError("bad-model", "m: it is damaged"));
    await expect(remote.about()).rejects.toBeInstanceOf(LimnError);
    await expect(remote.evaluations()).rejects.toThrow(
      "Limn itself fails here (x is not a function); report it, with the model and the picture",
    );
  });

  it("never begins what nobody waits for any more, and the newest of a lane comes next", async () => {
    const begun: number[] = [];
    let finish = () => {};
    const { remote } = pair({
      curves: (_, __, target) => {
        begun.push(target);
        return new Promise((resolve) => {
          finish = () => resolve(target as never);
        });
      },
      about: async () => "other lane" as never,
    });
    const stop = new AbortController();
    const subject = { model: "m", picture: "p" };
    const call = (target: number, signal?: AbortSignal) =>
      remote.curves(subject, { method: "x" }, target, "blur", signal ? { signal } : {});
    const first = call(1);
    const dropped = [2, 3].map((target) => call(target, stop.signal));
    const newest = call(4);
    stop.abort(new Error("moved on"));
    for (const one of dropped) await expect(one).rejects.toThrow("moved on");
    expect(await remote.about()).toBe("other lane");
    expect(begun).toEqual([1]);
    finish();
    expect(await first).toBe(1);
    await new Promise((resolve) => setTimeout(resolve));
    expect(begun).toEqual([1, 4]);
    finish();
    expect(await newest).toBe(4);
    await expect(call(5, AbortSignal.abort(new Error("too late")))).rejects.toThrow("too late");
    expect(begun).toEqual([1, 4]);
  });

  it("rejects what waits when the engine is gone", async () => {
    const lost: string[] = [];
    const { remote, there } = pair({ about: () => new Promise(() => {}) }, (reason) => lost.push(reason));
    const waiting = remote.about();
    there.send({ lost: "out of memory" });
    await new Promise((resolve) => setTimeout(resolve));
    expect(lost).toEqual(["out of memory"]);
    remote.lose("it is gone");
    await expect(waiting).rejects.toEqual(new LimnError("runtime", "it is gone"));
  });
});

describe("messages as bytes", () => {
  it("hold what JSON does not", () => {
    const message = {
      text: "\u0000 \u{1F415} <b>",
      numbers: [1, Number.NaN, Number.POSITIVE_INFINITY, undefined, null],
      bytes: Uint8Array.of(1, 2, 3),
      floats: [Float32Array.of(0.5, Number.NaN), new Float32Array()],
      part: new Float32Array([1, 2, 3, 4]).subarray(1, 3),
    };
    const read = decodeMessage(encodeMessage(message)) as typeof message;
    expect(read).toEqual({ ...message, part: Float32Array.of(2, 3) });
    // a message may lie anywhere in a larger buffer
    const shifted = new Uint8Array(encodeMessage(message).length + 3);
    shifted.set(encodeMessage(message), 3);
    expect(decodeMessage(shifted.subarray(3))).toEqual(read);
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["a length beyond the end", Uint8Array.of(255, 255, 255, 255, 1)],
    ["no JSON", encodeMessage("x").fill(1, 4)],
    ["an array beyond the end", encodeMessage({ a: { "\u0000": { kind: "Float32Array", at: 0, length: 9 } } })],
    ["an array before the beginning", encodeMessage({ a: { "\u0000": { kind: "Uint8Array", at: -8, length: 1 } } })],
    ["an array of another kind", encodeMessage({ a: { "\u0000": { kind: "constructor", at: 0, length: 1 } } })],
  ])("refuse %s", (_, bytes) => {
    expect(() => decodeMessage(bytes)).toThrow(/none of the studio's/);
  });
});
