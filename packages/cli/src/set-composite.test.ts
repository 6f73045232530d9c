import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decodeModel } from "@limn/core";
import type { EvaluationDocument } from "@limn/evaluate";
import { CLASS_NAMES } from "@limn/scenes";
import { afterAll, describe, expect, it } from "vitest";
import { limn, Workspace } from "./testing/command-line.js";

// `--set METHOD.composite=FILE`, in each command that has --set: the file says the same as the composite of a name

const bin = fileURLToPath(new URL("../bin/limn.js", import.meta.url));
const built = existsSync(new URL("../dist/main.js", import.meta.url));
const work = new Workspace();
afterAll(() => work.remove());

const ENTRIES = {
  entries: [{ match: { kind: "convolution" }, rule: "gamma", options: { gamma: 0.5 } }, { rule: "z-plus" }],
};
const mine = work.write("mine.json", JSON.stringify(ENTRIES));
const epsilon = work.write("epsilon.json", JSON.stringify({ entries: [{ rule: "epsilon" }] }));
const tensor = work.tensor("input.npy");
const cat = await work.picture("cat.png");

const explained = async (...args: string[]) => {
  const out = work.path(args.join(" ").replaceAll(/\W+/g, "-"));
  const made = await limn(
    "explain",
    work.model,
    tensor,
    ...args,
    "--format",
    "npy",
    "--out",
    out,
    "--threads",
    "1",
    "--json",
  );
  expect([made.code, made.stderr]).toEqual([0, ""]);
  const { results } = JSON.parse(made.stdout);
  return (results[0].maps as { file: string }[]).map(({ file }) => readFileSync(file));
};

describe("a composite from a file", () => {
  it.each(["lrp", "clrp", "relevance-cam"])("explains by %s as the one of a name does", async (method) => {
    const [named] = await explained("--method", method, "--set", `${method}.composite=epsilon`);
    const [read] = await explained("--method", method, "--set", `${method}.composite=${epsilon}`);
    expect(read).toEqual(named);
    const [other] = await explained("--method", method, "--set", `${method}.composite=${mine}`);
    expect(other).not.toEqual(named);
  });

  it("is saved in a compiled file", async () => {
    const out = work.path("mine.onnx");
    const { code } = await limn(
      "compile",
      work.model,
      "--method",
      "lrp",
      "--set",
      `lrp.composite=${mine}`,
      "--out",
      out,
    );
    expect(code).toBe(0);
    const maps = JSON.parse(decodeModel(readFileSync(out), out).metadata.get("limn.maps") as string);
    expect(maps[0].options.composite.entries).toMatchObject(ENTRIES.entries);
  });

  it("is swept, planned and checked", async () => {
    const sweep = (composite: string) =>
      limn(
        ...["sweep", work.model, cat, "--preprocess", "unit", "--method", "relevance-cam", "--threads", "1", "--json"],
        ...["--boxes", "16,4,20,16", "--set", `relevance-cam.composite=${composite}`, "--out", work.path("sweep")],
      );
    const [named, read] = [await sweep("epsilon"), await sweep(epsilon)].map(
      ({ stdout }) => JSON.parse(stdout).results[0].maps,
    );
    expect(read).toEqual(named);
    for (const command of [
      ["plan", work.model],
      ["check", work.model, tensor],
    ]) {
      const { code, stdout } = await limn(...command, "--composite", mine);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/gamma/)]);
    }
  });

  const mapping = work.write("mapping.json", JSON.stringify(Object.fromEntries(CLASS_NAMES.map((name) => [name, 0]))));
  const few = ["--data", "scenes:2", "--mapping", mapping, "--preprocess", "unit", "--threads", "1"];
  const evaluate = ["evaluate", work.model, ...few, "--curves", "0", "--no-shattering", "--json"];
  const methodsOf = (stdout: string) => (JSON.parse(stdout) as EvaluationDocument).methods;
  const alone = (composite: string, out: string) =>
    limn(
      ...evaluate,
      "--method",
      "lrp",
      "--set",
      `lrp.composite=${composite}`,
      "--workers",
      "0",
      "--out",
      work.path(out),
    );

  let named: EvaluationDocument["methods"] | undefined;
  const namedMethods = async () => {
    named ??= methodsOf((await alone("epsilon", "named")).stdout);
    return named;
  };

  it("is evaluated as the one of a name is, and an evaluation goes on only with the same", async () => {
    const read = await alone(epsilon, "read");
    expect(methodsOf(read.stdout)).toEqual(await namedMethods());
    expect((await alone(epsilon, "read")).code).toBe(0);
    work.write("epsilon.json", JSON.stringify({ entries: [{ rule: "epsilon", bias: "ignore" }] }));
    const changed = await alone(epsilon, "read");
    expect([changed.code, changed.stderr]).toEqual([
      2,
      expect.stringMatching(/another evaluation \(bias none, not ignore\)/),
    ]);
    work.write("epsilon.json", JSON.stringify({ entries: [{ rule: "epsilon" }] }));
  });

  it("is the same from another folder, and with a byte order mark", async () => {
    mkdirSync(work.path("moved"), { recursive: true });
    const moved = work.path("moved/epsilon.json");
    writeFileSync(moved, `\uFEFF${readFileSync(epsilon, "utf8")}`);
    expect((await alone(epsilon, "moving")).code).toBe(0);
    expect(await alone(moved, "moving")).toMatchObject({ code: 0 });
  });

  it.skipIf(!built)(`is evaluated in worker threads${built ? "" : " (not built)"}`, async () => {
    const args = [...evaluate, "--method", "lrp", "--set", `lrp.composite=${epsilon}`, "--workers", "2"];
    const { status, stdout } = spawnSync(
      process.execPath,
      [bin, ...args, "--batch", "1", "--out", work.path("threads")],
      { encoding: "utf8" },
    );
    expect(status).toBe(0);
    const { methods } = JSON.parse(stdout) as EvaluationDocument;
    expect(methods.lrp?.averageDrop?.mean).toBeCloseTo((await namedMethods()).lrp?.averageDrop?.mean as number, 3);
  });

  it("is shown by confusion", async () => {
    const { code } = await limn(
      ...["confusion", work.model, ...few, "--workers", "0", "--method", "lrp"],
      ...["--set", `lrp.composite=${mine}`, "--out", work.path("confusion")],
    );
    expect(code).toBe(0);
  });

  it.each([
    ["lrp.composite=epsilon-pluss", 2, 'there is no composite "epsilon-pluss"; did you mean "epsilon-plus"'],
    ["lrp.composite=none.json", 1, "none.json: there is no such file; check the path"],
    ["lrp.composite=WRONG", 1, 'wrong.json: there is no rule "gama"; did you mean "gamma"'],
  ])("is refused before the model is loaded: %s", async (setting, code, message) => {
    const wrong = work.write("wrong.json", '{ "entries": [{ "rule": "gama" }] }');
    const set = setting.replace("WRONG", wrong);
    const refused = await limn("explain", "no-model.onnx", tensor, "--method", "lrp", "--set", set);
    expect([refused.code, refused.stderr]).toEqual([code, expect.stringContaining(message)]);
  });
});
