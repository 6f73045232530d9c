import { afterEach, describe, expect, it, vi } from "vitest";
import { detail, say, sayError, speak, warn } from "./say.js";

afterEach(() => {
  vi.restoreAllMocks();
  speak({});
});

function written(act: () => void): string {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  act();
  return write.mock.calls.map(([text]) => text).join("");
}

describe("what is said", () => {
  it("is one line, whatever a file is called", () => {
    expect(written(() => say("a\nb\u001b[2Jc.png: missing"))).toBe("limn: a b [2Jc.png: missing\n");
  });

  it("warns once of the same, and in one line of the same problem", () => {
    speak({});
    const text = written(() => {
      warn(["cam: it is blank", "lrp: it is blank", "the file is old"]);
      warn(["the file is old", "lrp: it is blank", "lrp: it is large"]);
    });
    expect(text).toBe(
      "limn: warning: cam, lrp: it is blank\nlimn: warning: the file is old\nlimn: warning: lrp: it is large\n",
    );
  });

  it("is errors only with --quiet, and details only with --verbose", () => {
    const all = () => {
      warn(["w"]);
      detail("d");
      sayError("e", new Error("where"));
    };
    speak({ quiet: true });
    expect(written(all)).toBe("limn: e\n");
    vi.restoreAllMocks();
    speak({ verbose: true });
    expect(written(all)).toMatch(/^limn: warning: w\nlimn: d\nlimn: Error: where\n {4}at /);
  });

  it("has colors where they are wanted", () => {
    speak({ color: true });
    expect(written(() => warn(["w"]))).toBe("limn: \u001b[33mwarning:\u001b[39m w\n");
    vi.restoreAllMocks();
    expect(written(() => sayError("e"))).toBe("\u001b[31mlimn:\u001b[39m e\n");
  });
});
