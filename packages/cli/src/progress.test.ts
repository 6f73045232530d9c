import { afterEach, describe, expect, it, vi } from "vitest";
import { barLine, Progress } from "./progress.js";

describe("barLine", () => {
  it.each([
    [
      { label: "model.onnx", done: 25.4e6, total: 102e6, unit: "bytes", rate: 12.2e6 },
      "model.onnx  [====                ]  24 %  25 of 102 MB  12 MB/s  7 s left",
    ],
    [
      { label: "scenes", done: 500, total: 1000, unit: "scenes", rate: 61.3 },
      "scenes  [==========          ]  50 %  500 of 1000 scenes  61 scenes/s  9 s left",
    ],
    [
      { label: "scenes", done: 0, total: 1000, unit: "scenes", rate: Number.NaN },
      "scenes  [                    ]  0 %  0 of 1000 scenes",
    ],
    [
      { label: "a", done: 1e9, total: 1e9, unit: "bytes", rate: 1e6 },
      "a  [====================]  100 %  1 of 1 GB  1 MB/s",
    ],
    [{ label: "a", done: 3210, total: undefined, unit: "bytes", rate: 900 }, "a  3.2 kB  900 bytes/s"],
    [
      { label: "a", done: 0, total: 9e6, unit: "bytes", rate: 1000 },
      "a  [                    ]  0 %  0 of 9 MB  1 kB/s  2 h 30 min left",
    ],
  ])("draws %j", (state, line) => {
    expect(barLine(state)).toBe(line);
  });
});

describe("Progress", () => {
  const wasTerminal = process.stderr.isTTY;
  afterEach(() => {
    process.stderr.isTTY = wasTerminal;
    vi.restoreAllMocks();
  });

  const written = (isTerminal: boolean): string[] => {
    process.stderr.isTTY = isTerminal;
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const progress = new Progress();
    for (let done = 0; done <= 1000; done++) progress.bar("task", done, 1000, "steps");
    progress.clear();
    return write.mock.calls.map(([text]) => `${text}`);
  };

  it("draws the first and the last state, and few between", () => {
    const lines = written(true);
    expect(lines[0]).toContain("0 of 1000 steps");
    expect(lines.at(-2)).toContain("100 %  1000 of 1000 steps");
    expect(lines.length).toBeLessThan(20);
  });

  it("says nothing where nobody watches", () => {
    expect(written(false)).toEqual([]);
  });
});
