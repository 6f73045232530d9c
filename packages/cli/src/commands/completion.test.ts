import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { limn } from "../testing/command-line.js";
import { COMMANDS } from "./commands.js";

const folder = mkdtempSync(join(tmpdir(), "limn-completion-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

const scriptFor = async (shell: Shell): Promise<string> => {
  const { code, stdout, stderr } = await limn("completion", shell);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
};

/** What is typed after limn, and what its last word may become. */
const CASES: readonly (readonly [typed: string, proposed: string])[] = [
  ["ex", "explain"],
  ["explain m.onnx --meth", "--method"],
  ["explain m.onnx --method cam,grad-cam-plus-plus-n", "cam,grad-cam-plus-plus-normalized"],
  ["explain m.onnx --resample bi", "bicubic bilinear"],
  ["plan m.onnx --composite epsilon-p", "epsilon-plus epsilon-plus-flat"],
  ["completion f", "fish"],
  ["help swe", "sweep"],
  ["explain m.onnx no-such-file", ""],
];

/** Programs of each shell that print what it proposes, a line for each of CASES. The script lies in the file $1. */
const PROPOSING: Readonly<Record<Shell, string>> = {
  bash: `source "$1"; shift
for typed in "$@"; do
  COMP_WORDS=(limn $typed); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _limn; echo "\${COMPREPLY[*]}"
done`,
  fish: `source $argv[1]
for typed in $argv[2..]
  echo (complete --do-complete "limn $typed" | string replace --regex '\\t.*' '')
end`,
  // completion needs an interactive shell; in there, compadd is told what is proposed
  zsh: `zmodload zsh/zpty
zpty inner zsh -f -i
say() { zpty -w inner "$@" }
say "autoload -Uz compinit; compinit -u -D; source \${(q)1}"; shift
say 'compadd() { local -a found; builtin compadd -A found "$@"; told+=("$IPREFIX"\${^found}); builtin compadd "$@" }'
say 'propose() { told=(); zle complete-word; print -r -- "<$told>"; zle send-break }; zle -N propose; bindkey "^I" propose'
say 'print BEG""UN'; zpty -r inner line '*BEGUN*'
for typed; do
  zpty -w -n inner "limn $typed"$'\\t'; zpty -r inner line '*<*>*'; line="\${line##*<}"; print -r -- "\${line%%>*}"
done
zpty -d inner`,
};

const OPTIONS: Readonly<Record<Shell, readonly string[]>> = { bash: ["-c"], zsh: ["-f", "-c"], fish: ["-N", "-c"] };
/** The name of the program, which fish does not take. */
const NAMES: Readonly<Record<Shell, readonly string[]>> = { bash: ["bash"], zsh: ["zsh"], fish: [] };

describe("limn completion", () => {
  it.each(SHELLS)("%s knows every command, and options with their values", async (shell) => {
    const script = await scriptFor(shell);
    for (const name of Object.keys(COMMANDS)) expect(script).toMatch(new RegExp(`\\b${name}\\b`));
    for (const word of ["keep-top", "saliency", "bicubic", "epsilon-plus", "cifar-10"]) expect(script).toContain(word);
  });

  describe.each(SHELLS)("in %s", (shell) => {
    // bash on Windows may be that of another system within it
    const isThere = process.platform !== "win32" && spawnSync(shell, ["-c", "exit 0"]).status === 0;

    it.skipIf(!isThere)(`completes what is typed${isThere ? "" : ` (there is no ${shell})`}`, async () => {
      const file = join(folder, `limn.${shell}`);
      writeFileSync(file, await scriptFor(shell));
      const args = [...OPTIONS[shell], PROPOSING[shell], ...NAMES[shell], file, ...CASES.map(([typed]) => typed)];
      const { stdout, stderr } = spawnSync(shell, args, { encoding: "utf8", timeout: 30_000 });
      const lines = stdout.split("\n").slice(0, -1);
      // zsh's own functions tell compadd some words twice
      const proposed = lines.map((line) => [...new Set(line.split(" "))].toSorted().join(" "));
      expect(CASES.map(([typed], i) => [typed, proposed[i]])).toEqual(CASES);
      expect(stderr).toBe("");
    });
  });
});
