import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const CORE = fileURLToPath(new URL("../packages/core/", import.meta.url));
const SOURCE = join(CORE, "src");

/** The parts of core, from the ground up: folders and files of src/. Each imports itself and parts above it in this list. */
const ORDER = [
  "error",
  "suggest",
  "version",
  "graph",
  "ops",
  "session",
  "adapter",
  "onnx",
  "prepare",
  "backward",
  "rules",
  "composites",
  "classifier",
  "relevance",
  "layers",
  "methods",
  "iteration",
  "compile",
  "explainer",
  "check",
  "diagnose",
  "preprocess",
  "metrics",
  "statistics",
  "evaluate",
  "imagine",
  "render",
  "index",
];

interface Source {
  readonly path: string;
  readonly part: string;
  readonly imports: readonly string[];
  readonly references: readonly string[];
}

const sources = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.endsWith(".d.ts"))
  .map(readSource)
  .filter(({ part }) => part !== "testing");

function readSource(path: string): Source {
  const file = ts.preProcessFile(readFileSync(join(SOURCE, path), "utf8"));
  const names = (references: readonly ts.FileReference[]) => references.map(({ fileName }) => fileName);
  return {
    path,
    part: partOf(path),
    imports: names(file.importedFiles),
    references: names([...file.referencedFiles, ...file.typeReferenceDirectives, ...file.libReferenceDirectives]),
  };
}

function partOf(path: string): string {
  return (path.split(/[/\\]/)[0] as string).replace(/\.[jt]s$/, "");
}

const isRelative = (name: string) => name.startsWith(".");

describe("core", () => {
  it("imports its declared dependencies only: no Node, no ONNX Runtime", () => {
    const { dependencies } = JSON.parse(readFileSync(join(CORE, "package.json"), "utf8"));
    const packages = Object.keys(dependencies);
    // of ONNX Runtime only the types that all of its packages share
    expect(packages.filter((name) => /onnxruntime|@limn/.test(name))).toEqual(["onnxruntime-common"]);
    const adapter = readFileSync(join(SOURCE, "adapter.ts"), "utf8");
    expect(adapter.match(/^import .*"onnxruntime-common";$/gm)).toEqual([expect.stringMatching(/^import type /)]);
    const strangers = sources.flatMap(({ path, imports }) =>
      imports
        .filter((name) => !isRelative(name) && !packages.some((p) => name === p || name.startsWith(`${p}/`)))
        .map((name) => `${path} imports ${name}`),
    );
    expect(strangers).toEqual([]);
  });

  it("is compiled without the types of Node and the DOM, so that their globals don't pass", () => {
    const { config } = ts.readConfigFile(join(CORE, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, CORE);
    expect(options.types).toEqual([]);
    expect(options.lib).toEqual(["lib.es2023.d.ts"]);
    expect(sources.flatMap(({ path, references }) => references.map((name) => `${path} references ${name}`))).toEqual(
      [],
    );
  });

  it("has a place for each of its parts", () => {
    expect([...new Set(sources.map(({ part }) => part))].filter((part) => !ORDER.includes(part))).toEqual([]);
  });

  it("imports one way", () => {
    const backwards = sources.flatMap(({ path, part, imports }) =>
      imports
        .filter(isRelative)
        .map((name) => relative(SOURCE, join(SOURCE, dirname(path), name)))
        .filter((target) => ORDER.indexOf(partOf(target)) > ORDER.indexOf(part))
        .map((target) => `${path} imports ${target}`),
    );
    expect(backwards).toEqual([]);
  });
});
