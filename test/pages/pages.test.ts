import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { limn } from "../../packages/cli/src/testing/command-line.js";
import { type Block, blocksOf } from "./blocks.js";
import { commandsOf, shortened } from "./shell.js";
import { NAMED, writeStandIns } from "./stand-ins.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const within = (folder: string, name: RegExp): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
    .filter((path) => name.test(path) && !path.includes("node_modules"))
    .sort();

const PAGES = [
  "README.md",
  "site/landing.md",
  "CONTRIBUTING.md",
  ...within("docs", /^docs\/(methods\/)?[^/]+\.md$/),
  ...within("packages", /^packages\/[^/]+\/README\.md$/),
  ...within("examples", /README\.md$/),
];

/** All pages take a minute or two: every run of the tests tries what a new user reads first, .ci/run tries all of them. */
const wanted = process.env.LIMN_PAGES ?? "docs/first-ten-minutes.md";
const tried = wanted === "all" ? PAGES : wanted.split(",");

/** Within the repository, so that snippets find packages; git ignores it. */
mkdirSync(join(ROOT, "tmp"), { recursive: true });
const scratch = mkdtempSync(join(ROOT, "tmp/pages-"));
const template = join(scratch, "stand-ins");
beforeAll(() => writeStandIns(template), 60_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const PYTHON = process.env.LIMN_PYTHON ?? "python3";

/** Of all modules that blocks need, those that Python has. */
const modules = [...new Set(PAGES.flatMap((page) => blocksOf(join(ROOT, page)).flatMap(({ needs }) => needs)))];
const found: string[] = JSON.parse(
  spawnSync(PYTHON, [
    "-c",
    `import importlib.util, json; print(json.dumps([m for m in ${JSON.stringify(modules)} if importlib.util.find_spec(m)]))`,
  ]).stdout?.toString() || "[]",
);

/** Why a block can't run here, in words; undefined if it can. */
function reasonAgainst({ skip, needs }: Block): string | undefined {
  const missing = needs.filter((module) => !found.includes(module));
  return skip ?? (missing.length > 0 ? `${PYTHON} has no ${missing.join(", ")}` : undefined);
}

describe.each(PAGES)("%s", (page) => {
  const blocks = blocksOf(join(ROOT, page));
  const folder = join(scratch, page.replaceAll("/", "-"));

  it.runIf(blocks.length > 0)("has blocks that this test can read", () => {
    for (const { language, code } of blocks) {
      expect(Object.keys(RUN)).toContain(language);
      if (language === "sh") commandsOf(code);
    }
  });

  if (!tried.includes(page)) return;
  beforeAll(() => cpSync(template, folder, { recursive: true }));
  for (const block of blocks) {
    const { line, language } = block;
    const reason = reasonAgainst(block);
    it.skipIf(reason)(
      `line ${line}, ${language}${reason ? ` (${reason})` : ""}`,
      async () => {
        const home = process.cwd();
        process.chdir(folder);
        try {
          if (block.file) expect(flat(readFileSync(join(ROOT, block.file), "utf8"))).toContain(flat(block.code));
          else await RUN[language]?.(block, folder);
        } finally {
          process.chdir(home);
          vi.unstubAllGlobals();
        }
      },
      300_000,
    );
  }
});

/** Code without its line breaks, which differ where it is indented. */
const flat = (code: string): string => code.trim().replaceAll(/\s+/g, " ");

/** How a block is run, by its language. */
const RUN: Readonly<Record<string, (block: Block, folder: string) => Promise<void>>> = {
  sh: async ({ code }) => {
    for (const words of commandsOf(code)) await runCommand(words);
  },
  js: runModule,
  ts: runModule,
  python: async ({ code }) => {
    const { status, stderr } = spawnSync(PYTHON, ["-c", code], { encoding: "utf8" });
    expect([status, stderr.split("\n").slice(-4).join("\n")]).toEqual([0, expect.anything()]);
  },
  json: async ({ code }) => {
    JSON.parse(code.startsWith("{") && code.includes("}\n{") ? `[${code.trim().replaceAll("\n", ",")}]` : code);
  },
  csv: async ({ code }) => {
    const [head = "", ...rows] = code.trim().split("\n");
    for (const row of rows) expect(row.replaceAll(/"[^"]*"/g, "").split(",")).toHaveLength(head.split(",").length);
  },
};

async function runCommand(words: readonly string[]): Promise<void> {
  const [program = "", ...args] = words[0] === "npx" ? words.slice(1) : words;
  if (program === "limn") {
    const { code, stderr } = await limn(...shortened(args));
    expect([
      code,
      stderr
        .split("\n")
        .filter((line) => !/warning/.test(line))
        .join("\n"),
    ]).toEqual([0, ""]);
  } else if (program === "node" && args[0]?.startsWith("examples/")) {
    // examples.test.ts runs it
    expect(existsSync(join(ROOT, args[0]))).toBe(true);
  } else {
    throw new Error(`this test does not run ${words.join(" ")}: say <!-- skip: why --> above the block`);
  }
}

let modulesWritten = 0;

/** Runs a snippet as a module of its own, with what pages take for granted in front of it. */
async function runModule({ code }: Block, folder: string): Promise<void> {
  const taken = Object.keys(NAMED).filter((name) => isTaken(code, name));
  for (const name of taken) vi.stubGlobal(name, await NAMED[name]?.());
  vi.stubGlobal("fetch", async (path: string) => new Response(new Uint8Array(readFileSync(join(folder, path)))));
  vi.stubGlobal("console", { ...console, log() {}, table() {} });
  const path = join(folder, `snippet-${modulesWritten++}.ts`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code.replaceAll(/\b(steps|masks|samples): \d+/g, "$1: 4"));
  await import(/* @vite-ignore */ pathToFileURL(path).href);
}

/** Whether code reads a name that it does not make. */
const isTaken = (code: string, name: string): boolean =>
  new RegExp(`(?<![.\\w"'-])${name}(?![\\w"'-]|:)`).test(code) &&
  !new RegExp(`(const|let|function) (\\{[^}]*\\b|\\[[^\\]]*\\b)?${name}\\b`).test(code);
