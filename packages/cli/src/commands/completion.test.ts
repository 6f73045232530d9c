import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { limn } from "../testing/command-line.js";
import { COMMANDS } from "./commands.js";

const scriptFor = async (shell: string): Promise<string> => {
  const { code, stdout, stderr } = await limn("completion", shell);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
};

const isThere = (shell: string) => spawnSync(shell, ["-c", "exit 0"]).status === 0;

describe("limn completion", () => {
  it.each(["bash", "zsh", "fish"])("%s knows every command, and options with their values", async (shell) => {
    const script = await scriptFor(shell);
    for (const name of Object.keys(COMMANDS)) expect(script).toMatch(new RegExp(`\\b${name}\\b`));
    for (const word of ["keep-top", "saliency", "bicubic", "epsilon-plus", "cifar-10"]) expect(script).toContain(word);
  });

  it.each(["bash", "zsh", "fish"].map((shell) => [shell, isThere(shell)] as const))(
    "%s reads its script",
    async (shell, there) => {
      const script = await scriptFor(shell);
      if (!there) return;
      const { status, stderr } = spawnSync(shell, ["-n"], { input: script, encoding: "utf8" });
      expect([status, stderr]).toEqual([0, ""]);
    },
  );

  it.skipIf(!isThere("bash")).each([
    [["ex"], ["explain"]],
    [["explain", "m.onnx", "--meth"], ["--method"]],
    [["explain", "m.onnx", "--method", "cam,grad-cam-plus-plus-n"], ["cam,grad-cam-plus-plus-normalized"]],
    [
      ["explain", "m.onnx", "--resample", "bi"],
      ["bilinear", "bicubic"],
    ],
    [
      ["plan", "m.onnx", "--composite", "epsilon-p"],
      ["epsilon-plus", "epsilon-plus-flat"],
    ],
    [["completion", "f"], ["fish"]],
    [["help", "swe"], ["sweep"]],
    [["explain", "m.onnx", "ca"], []],
  ])("bash completes %j", async (words, expected) => {
    const call = `COMP_WORDS=(limn "$@"); COMP_CWORD=$#; _limn; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const script = `${await scriptFor("bash")}\n${call}`;
    const { stdout, stderr } = spawnSync("bash", ["-c", script, "bash", ...words], { encoding: "utf8" });
    expect([stdout.split("\n").filter(Boolean).sort(), stderr]).toEqual([[...expected].sort(), ""]);
  });
});
