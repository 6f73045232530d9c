import { writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { limn, Workspace } from "../testing/command-line.js";

const work = new Workspace();
afterAll(() => work.remove());

describe("limn plan", () => {
  it("lists the rule of every node, and why it has it", async () => {
    const { code, stdout } = await limn("plan", work.model, "--composite", "epsilon-plus-flat");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^node +operator +rule +why\n/);
    expect(stdout).toMatch(/stem\.conv +Conv +flat +entry 1 of epsilon-plus-flat: first layer/);
    expect(stdout).toMatch(/layer1\.conv1 +Conv +z-plus +entry 2 of epsilon-plus-flat: convolution/);
    expect(stdout).toMatch(/layer1\.add +Add +share +summands of the sum/);
    expect(stdout).toMatch(/fc +Gemm +epsilon +entry 3 of epsilon-plus-flat: every layer/);
  });

  it("takes a composite of the user's own, with names and options", async () => {
    const path = work.path("mine.json");
    const entries = [
      { match: { name: "layer2*" }, rule: "gamma", options: { gamma: 0.5 } },
      { rule: "epsilon", bias: "ignore" },
    ];
    writeFileSync(path, JSON.stringify({ entries }));
    const { stdout } = await limn("plan", work.model, "--composite", path, "--json");
    const rules = new Map(JSON.parse(stdout).map(({ node, rule }: Record<string, string>) => [node, rule]));
    expect(rules.get("layer2.conv1")).toBe("gamma (gamma 0.5)");
    expect(rules.get("layer1.conv1")).toBe("epsilon (bias ignored)");
  });

  it.each([
    ["epsilon-pluss", /did you mean "epsilon-plus"/],
    ["none.json", /none\.json/],
  ])("refuses %s", async (composite, message) => {
    const { code, stderr } = await limn("plan", work.model, "--composite", composite);
    expect([code !== 0, stderr]).toEqual([true, expect.stringMatching(message)]);
  });

  it.each([
    ["{", /this is not JSON/],
    ["[]", /entries: it is missing; give \{ "entries"/],
    ['{ "entries": [{ "rule": 5 }] }', /entries\.0\.rule: give a rule's name/],
    ['{ "entries": [{ "rule": "gama" }] }', /there is no rule "gama"; did you mean "gamma"/],
    ['{ "entries": [{ "rule": "gamma", "options": { "gamma": -1 } }] }', /entry 0/],
    ['{ "entries": [{ "match": { "kind": "convolution" }, "rule": "z-plus" }] }', /fc .*no entry/],
  ])("says what is wrong with %s", async (text, message) => {
    const path = work.path("wrong.json");
    writeFileSync(path, text);
    const { code, stderr } = await limn("plan", work.model, "--composite", path);
    expect([code !== 0, stderr]).toEqual([true, expect.stringMatching(message)]);
  });
});
