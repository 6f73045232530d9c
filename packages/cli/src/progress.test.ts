import { afterEach, describe, expect, it, vi } from "vitest";
import { barLine, Progress } from "./progress.js";
import { say, speak } from "./say.js";

describe("barLine", () => {
  const download = { label: "model.onnx", done: 25.4e6, total: 102e6, unit: "bytes", rate: 12.2e6 };
  const scenes = { label: "scenes", done: 500, total: 1000, unit: "scenes", rate: 61.3 };
  it.each([
    [download, "7 s left  model.onnx  [====                ]  24 %  25 of 102 MB  12 MB/s"],
    [scenes, "9 s left  scenes  [==========          ]  50 %  500 of 1000 scenes  61 scenes/s"],
    [{ ...scenes, done: 0, rate: Number.NaN }, "scenes  [                    ]  0 %  0 of 1000 scenes"],
    [
      { label: "a", done: 1e9, total: 1e9, unit: "bytes", rate: 1e6 },
      "a  [====================]  100 %  1 of 1 GB  1 MB/s",
    ],
    [{ label: "a", done: 3210, total: undefined, unit: "bytes", rate: 900 }, "a  3.2 kB  900 bytes/s"],
    [
      { label: "a", done: 0, total: 9e6, unit: "bytes", rate: 1000 },
      "2 h 30 min left  a  [                    ]  0 %  0 of 9 MB  1 kB/s",
    ],
  ])("draws %j", (state, line) => {
    expect(barLine(state, 79)).toBe(line);
  });

  const long = { ...scenes, label: "photos/a/long/path/of/a/folder/cat.jpg: integrated-gradients" };
  it.each([
    [scenes, 70, "9 s left  scenes  [==========          ]  50 %  500 of 1000 scenes"],
    [scenes, 39, "9 s left  scenes  50 %"],
    [long, 79, "9 s left  photos/a/"],
    [long, 39, "9 s left  photos/a/l...-gradients  50 %"],
    [long, 12, "9 s l"],
    [{ ...long, total: undefined }, 39, "photos/a/lo"],
  ])("fits %j into %i columns", (state, columns, start) => {
    const line = barLine(state, columns);
    expect(line.length).toBeLessThanOrEqual(columns);
    expect(line.slice(0, start.length)).toBe(start);
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

  it("says nothing where nobody watches, or wants to", () => {
    expect(written(false)).toEqual([]);
    speak({ quiet: true });
    expect(written(true)).toEqual([]);
    speak({});
  });

  it("shortens what a terminal of 40 columns has no room for", () => {
    const { columns } = process.stderr;
    process.stderr.columns = 40;
    process.stderr.isTTY = true;
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    new Progress().show("12 of 100: photos/of/a/long/path/and/a/name/of/its/own.jpg");
    process.stderr.columns = columns;
    expect(write.mock.calls.map(([text]) => text)).toEqual(["\r\u001b[K12 of 100: photos/...ame/of/its/own.jpg"]);
  });

  it("makes room for lines that stay", () => {
    process.stderr.isTTY = true;
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    new Progress().show("loading");
    say("done");
    expect(write.mock.calls.map(([text]) => text)).toEqual(["\r\u001b[Kloading", "\r\u001b[K", "limn: done\n"]);
  });
});
