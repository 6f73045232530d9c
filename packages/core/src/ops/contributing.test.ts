import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");

const page = read("../../../../CONTRIBUTING.md");

it.each(["Tan.ts", "Tan.test.ts"])("CONTRIBUTING.md shows %s as it is", (file) => {
  expect(page).toContain(`\`\`\`ts\n${read(file)}\`\`\`\n`);
});

it("CONTRIBUTING.md shows the definition of Gemm and the line of Tan as they are", () => {
  const [definition] = /export const Gemm[\s\S]*?\n\}\);\n/.exec(read("Gemm.ts")) as RegExpExecArray;
  expect(page).toContain(`\`\`\`ts\n${definition}\`\`\`\n`);
  const [line] = /export \{ Tan \}.*\n/.exec(read("operators.ts")) as RegExpExecArray;
  expect(page).toContain(`\`\`\`ts\n${line}\`\`\`\n`);
});

const HERE = fileURLToPath(new URL(".", import.meta.url));
const CORE = fileURLToPath(new URL("../", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../../../tsconfig.tests.json", import.meta.url));

/** What snippets that are parts of a file need above them. */
const PROLOGUE: readonly (readonly [part: RegExp, prologue: string])[] = [
  [
    /^import \{ loadClassifier/,
    "declare const source: Parameters<typeof loadClassifier>[0]; declare const runtime: Parameters<typeof loadClassifier>[1];",
  ],
  [
    /^export const gradientNorm/,
    'import * as v from "valibot"; import { defineMethod } from "../methods/define.js"; import { sqrt, square, sum } from "../graph/math.js";',
  ],
  [/^options: v/, 'import * as v from "valibot"; import { option } from "../option.js"; export const part = {'],
  [
    /^export const magnitude/,
    'import * as v from "valibot"; import { defineRule } from "../rules/define.js"; import { abs } from "../graph/math.js";',
  ],
  [
    /^checkRule/,
    'import { checkRule as checkNamed, stable, sumOver } from "../testing/check-rule.js"; import type { Rule } from "../rules/rule.js"; declare const magnitude: Rule; const checkRule = (_: string, ...rest: Tail) => checkNamed(magnitude, ...rest); type Tail = Parameters<typeof checkNamed> extends [unknown, ...infer T] ? T : never;',
  ],
  [/^"gamma-plus"/, 'import { defineComposite } from "../composites/composite.js"; export const part = {'],
];

/** Snippets that are compared with files as they are, and a line of a registry, which is no program. */
const COMPARED =
  /^(import \{ add, mul, square|import \{ checkOperator|export const Gemm|export \{ Tan|\/\/ no peer|"gradient-norm": )/;

it("docs/contributing.md's other snippets compile as they stand", () => {
  const snippets = [...page.matchAll(/^( *)```ts\n([\s\S]*?)^ *```$/gm)].map(([, indent = "", code = ""]) =>
    code.replaceAll(new RegExp(`^${indent}`, "gm"), "").replace(/^\/\*\*[\s\S]*?\*\/\n/, ""),
  );
  const files = new Map(
    snippets
      .filter((code) => !COMPARED.test(code))
      .map((code, i) => {
        const prologue = PROLOGUE.find(([part]) => part.test(code))?.[1] ?? "";
        const close = prologue.endsWith("{") ? "};" : "";
        return [`${HERE}snippet-${i}.ts`, `${prologue}\n${code}\n${close}\nexport {};\n`];
      }),
  );
  expect(files.size).toBe(6);
  // the last one shows that mistakes are found
  files.set(`${HERE}snippet-wrong.ts`, "export const wrong: string = [1][0];");
  expect(mistakesIn(files)).toEqual([expect.stringMatching(/^snippet-wrong.ts: TS2322/)]);
});

/** What the compiler says of programs that no file holds. */
function mistakesIn(files: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(CONFIG, ts.sys.readFile);
  const { options: given } = ts.parseJsonConfigFileContent(config, ts.sys, `${CORE}../../..`, undefined, CONFIG);
  const options = { ...given, types: [], noUnusedLocals: false };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const code = files.get(name);
    return code === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, code, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((name) => {
    const source = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ code, messageText }) => `${basename(name)}: TS${code}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
}
