import { afterAll, describe, expect, it } from "vitest";
import { limn, Workspace } from "../testing/command-line.js";

const work = new Workspace();
afterAll(() => work.remove());
const cat = await work.picture("cat.png");
const tensor = work.tensor("input.npy");

describe("limn check", () => {
  it("proves gradient and relevance, and says so", async () => {
    const { code, stdout } = await limn("check", work.model, cat, "--preprocess", "unit");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^gradient by +tensor +is +differs by\nimage +input +right /);
    expect(stdout).toMatch(/node +operator +rule +given +passed +spread +bias +stabilizer +open\nfc +Gemm +epsilon /);
    expect(stdout).toMatch(/logits \S+, image \S+\n/);
    expect(stdout).toContain("Nothing is wrong");
  });

  it("prints one document as JSON, for any composite and target", async () => {
    const options = ["--preprocess", "unit", "--composite", "epsilon-gamma-box", "--target", "3", "--json"];
    const { code, stdout } = await limn("check", work.model, cat, ...options);
    expect(code).toBe(0);
    const { ok, target, ledger, gradient } = JSON.parse(stdout);
    expect([ok, target.index]).toEqual([true, 3]);
    expect(ledger.entries.length).toBeGreaterThan(10);
    expect(gradient[0].tensor).toBe("input");
  });

  it("guesses no preprocessing for a tensor, and takes the one that is named", async () => {
    const plain = await limn("check", work.model, tensor);
    expect([plain.code, plain.stderr]).toEqual([0, ""]);
    const boxed = ["check", work.model, tensor, "--composite", "epsilon-gamma-box"];
    expect((await limn(...boxed)).stderr).toContain("name the preprocessing with --preprocess");
    expect(await limn(...boxed, "--preprocess", "unit")).toMatchObject({ code: 0, stderr: "" });
  });

  it.each([[["--target", "1,2"]], [["--target", "1", "--target", "2"]]])("refuses two classes: %j", async (targets) => {
    const { code, stderr } = await limn("check", work.model, cat, "--preprocess", "unit", ...targets);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/each picture is explained for one class; give one/)]);
  });
});
