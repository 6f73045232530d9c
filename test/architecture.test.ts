import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const PACKAGES = fileURLToPath(new URL("../packages/", import.meta.url));
const CORE = join(PACKAGES, "core");

/** The parts of core, from the ground up: folders and files of src/. Each imports itself and parts above it in this list. */
const ORDER = [
  "error",
  "suggest",
  "once-per-key",
  "text-file",
  "choose-onnx",
  "mistake",
  "option",
  "definition",
  "describe-options",
  "version",
  "graph",
  "ops",
  "encode-npy",
  "session",
  "adapter",
  "onnx",
  "prepare",
  "non-negative",
  "backward",
  "differentiate",
  "rules",
  "composites",
  "path",
  "channel-axis",
  "places",
  "classifier",
  "attention",
  "relevance",
  "layers",
  "transformer",
  "methods",
  "compile",
  "explainer",
  "check",
  "diagnose",
  "preprocess",
  "labels",
  "model-config",
  "targets",
  "inspect",
  "metrics",
  "statistics",
  "evaluate",
  "imagine",
  "render",
  "vocabulary",
  "index",
];

const NODE = [
  "text-encoding",
  "model-address",
  "read-input",
  "unfinished-files",
  "write-file",
  "file-names",
  "npy",
  "tensor-picture",
  "encode-picture",
  "pixel-range",
  "pictures",
  "runtime",
  "requests",
  "lenient-explainer",
  "runnable",
  "read-labels",
  "text-classes",
  "model-file",
  "models",
  "read-composite",
  "choose-preprocessing",
  "open-classifier",
  "picture-explainer",
  "inspect",
  "contrast",
  "sought-object",
  "sweep",
  "sheet",
  "save-explanations",
  "save-sweep",
  "internal",
  "index",
];

const SCENES = [
  "random",
  "canvas",
  "families",
  "classes",
  "attribution",
  "options",
  "artist",
  "icons",
  "sharp-artist",
  "shapes",
  "sprite",
  "drawings",
  "background",
  "camera",
  "thing",
  "arrange",
  "scene",
  "scene-png",
  "scene-drawer",
  "generator",
  "demo-scene",
  "evaluation-set",
  "anywhere",
  "index",
];

const EVALUATE = [
  "line-log",
  "conclusion",
  "data",
  "scenes",
  "evaluation",
  "queue",
  "confusion",
  "claims",
  "report",
  "index",
];

const STUDIO = ["engine", "server", "page", "index"];

const CLI = [
  "say",
  "table",
  "wrapped",
  "progress",
  "interrupt",
  "open-file",
  "method-help",
  "options",
  "look-options",
  "find-model",
  "find-pictures",
  "data-options",
  "over-data",
  "evaluation-summary",
  "config",
  "commands",
  "main",
];

/** The packages, from the ground up, with their parts and with the packages that each may import. */
const packages = [
  readPackage("onnxruntime", ["index"], []),
  readPackage("core", ORDER, []),
  readPackage("models", ["index"], []),
  readPackage("node", NODE, ["onnxruntime", "core", "models"]),
  readPackage("scenes", SCENES, ["core"]),
  readPackage("evaluate", EVALUATE, ["core", "models", "node", "scenes"]),
  readPackage("studio", STUDIO, ["core", "models", "node", "scenes", "evaluate"]),
  readPackage("cli", CLI, ["core", "models", "onnxruntime", "node", "scenes", "evaluate", "studio"]),
];

/** What pages are bundled from: packages of the repository, since nobody who installs a page needs them. */
const BUNDLED = Object.keys(JSON.parse(readFileSync(join(PACKAGES, "../package.json"), "utf8")).devDependencies);

/** A package's folder, as it is before the package is built. */
interface Package {
  readonly folder: string;
  /** From the ground up. */
  readonly parts: readonly string[];
  /** The names of the packages of this repository that it may import. */
  readonly others: readonly string[];
  readonly manifest: Manifest;
  readonly sources: readonly Source[];
}

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly bin?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

interface Source {
  /** Relative to src/. */
  readonly path: string;
  readonly part: string;
  readonly kind: "shipped" | "testing" | "test";
  /** Whatever it imports, as types or values, at the start or later, and the workers that it starts. */
  readonly imports: readonly string[];
  readonly references: readonly string[];
}

function readPackage(name: string, parts: readonly string[], others: readonly string[]): Package {
  const folder = join(PACKAGES, name);
  return {
    folder,
    parts,
    others: others.map((other) => `@limn/${other}`),
    manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")),
    sources: readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })
      .map((path) => path.replaceAll("\\", "/"))
      .filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"))
      .map((path) => readSource(join(folder, "src"), path)),
  };
}

function readSource(folder: string, path: string): Source {
  const text = readFileSync(join(folder, path), "utf8");
  const file = ts.preProcessFile(text);
  const names = (references: readonly ts.FileReference[]) => references.map(({ fileName }) => fileName);
  // preProcessFile takes what follows two slashes in a regular expression for a comment, and misses imports in it
  const later = [...text.matchAll(/\bimport\("([^"]+)"\)/g)].map(([, name = ""]) => name);
  const workers = [...text.matchAll(/new URL\("(\.[^"]*\.[jt]s)", import\.meta\.url\)/g)].map(([, name = ""]) => name);
  const part = partOf(path);
  return {
    path,
    part,
    kind: kindOf(path, part),
    imports: [...new Set([...names(file.importedFiles), ...later, ...workers])],
    references: names([...file.referencedFiles, ...file.typeReferenceDirectives, ...file.libReferenceDirectives]),
  };
}

function kindOf(path: string, part: string): Source["kind"] {
  if (/\.test\.tsx?$/.test(path)) return "test";
  return part === "testing" || path.includes("/testing/") ? "testing" : "shipped";
}

function partOf(path: string): string {
  return (path.split("/")[0] as string).replace(/\.[jt]sx?$/, "");
}

const isRelative = (name: string) => name.startsWith(".");

/** The package that an import's name belongs to. */
const packageOf = (name: string): string =>
  name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");

/** What a source imports of its own package, relative to src/; what is beyond it begins with two dots. */
const targetsOf = ({ path, imports }: Source): string[] =>
  imports.filter(isRelative).map((name) => join(dirname(path), name).replaceAll("\\", "/"));

const strangersOf = ({ imports }: Source): string[] => [
  ...new Set(imports.filter((name) => !isRelative(name)).map(packageOf)),
];

/** Lines that name each pair that is wrong. */
const complaints = (
  sources: readonly Source[],
  of: (source: Source) => readonly string[],
  wrong: (target: string, source: Source) => boolean,
): string[] =>
  sources.flatMap((source) =>
    of(source)
      .filter((target) => wrong(target, source))
      .map((target) => `${source.path} imports ${target}`),
  );

describe.each(packages)("$manifest.name", ({ folder, parts, others, manifest, sources }) => {
  const shipped = sources.filter(({ kind }) => kind === "shipped");
  const testing = sources.filter(({ kind }) => kind === "shipped" || kind === "testing");
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });

  it("imports its declared dependencies only, and declares none that it doesn't import", () => {
    const isKnown = (name: string, { part }: Source) =>
      name.startsWith("node:") || declared.includes(name) || (part === "page" && BUNDLED.includes(name));
    expect(complaints(shipped, strangersOf, (name, source) => !isKnown(name, source))).toEqual([]);
    const used = new Set(shipped.flatMap(strangersOf));
    // what is joined into one file finds these by their names
    const bundler = join(folder, "bundle.mjs");
    const found = existsSync(bundler) ? readFileSync(bundler, "utf8") : "";
    expect(declared.filter((name) => !used.has(name) && !found.includes(`"${name}"`))).toEqual([]);
  });

  it("imports packages below it only, in `testing/` too, and is compiled after them", () => {
    expect(declared.filter((name) => name.startsWith("@limn/") && !others.includes(name))).toEqual([]);
    const isAbove = (name: string) =>
      (name.startsWith("@limn/") || name === "limn") && ![...others, manifest.name].includes(name);
    expect(complaints(testing, strangersOf, isAbove)).toEqual([]);
    const { config } = ts.readConfigFile(join(folder, "tsconfig.json"), ts.sys.readFile);
    const references = (config.references ?? []).map(({ path }: { path: string }) => path.replace("../", "@limn/"));
    expect(references.sort()).toEqual(declared.filter((name) => name.startsWith("@limn/")).sort());
  });

  it("takes nothing of other packages but what they export, except for helpers of tests", () => {
    const isOutside = (target: string) => target.startsWith("..");
    expect(complaints(shipped, targetsOf, isOutside)).toEqual([]);
    const helpers = others.map((name) => `../../${name.replace("@limn/", "")}/src/testing/`);
    const isNoHelper = (target: string) => isOutside(target) && !helpers.some((helper) => target.startsWith(helper));
    expect(complaints(testing, targetsOf, isNoHelper)).toEqual([]);
  });

  it("has a place for each of its parts", () => {
    const there = [...new Set(shipped.map(({ part }) => part))];
    expect(there.filter((part) => !parts.includes(part))).toEqual([]);
    expect(parts.filter((part) => !there.includes(part))).toEqual([]);
  });

  it("imports one way", () => {
    const isBelow = (target: string, { part }: Source) => parts.indexOf(partOf(target)) > parts.indexOf(part);
    expect(complaints(shipped, targetsOf, isBelow)).toEqual([]);
  });

  it("imports `testing/` in tests only", () => {
    expect(complaints(shipped, targetsOf, (target) => /(^|\/)testing\//.test(target))).toEqual([]);
  });

  it("has no circles of imports", () => {
    expect(circlesIn(testing)).toEqual([]);
  });

  it("has no source that nothing shipped imports", () => {
    expect(orphansIn(shipped, entriesOf(manifest, folder))).toEqual([]);
  });
});

describe("core", () => {
  const { manifest, sources } = packages.find(({ folder }) => folder === CORE) as Package;
  const shipped = sources.filter(({ kind }) => kind === "shipped");

  it("needs neither Node nor ONNX Runtime", () => {
    // of ONNX Runtime only the types that all of its packages share
    const dependencies = Object.keys(manifest.dependencies ?? {});
    expect(dependencies.filter((name) => /onnxruntime/.test(name))).toEqual(["onnxruntime-common"]);
    const adapter = readFileSync(join(CORE, "src/adapter.ts"), "utf8");
    expect(adapter.match(/^import .*"onnxruntime-common";$/gm)).toEqual([expect.stringMatching(/^import type /)]);
    expect(complaints(shipped, strangersOf, (name) => name.startsWith("node:"))).toEqual([]);
  });

  it("is compiled without the types of Node and the DOM, so that their globals don't pass", () => {
    const { config } = ts.readConfigFile(join(CORE, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, CORE);
    expect(options.types).toEqual([]);
    expect(options.lib).toEqual(["lib.es2023.d.ts"]);
    expect(shipped.flatMap(({ path, references }) => references.map((name) => `${path} references ${name}`))).toEqual(
      [],
    );
  });
});

const source = (path: string, ...imports: string[]): Source => {
  return { path, part: partOf(path), kind: "shipped", imports, references: [] };
};

it("a source that nothing imports is found", () => {
  const sources = [source("index.ts", "./a.js"), source("a.ts"), source("b/c.ts", "../a.js"), source("d.ts", "./d.js")];
  expect(orphansIn(sources, ["index"])).toEqual(["b/c.ts", "d.ts"]);
});

it("a circle of imports is found", () => {
  const sources = [
    source("a.ts", "./b/b.js"),
    source("b/b.ts", "./c.js", "valibot"),
    source("b/c.tsx", "../a.js"),
    source("d.ts", "./a.js", "./e.js"),
    source("e.ts"),
  ];
  expect(circlesIn(sources)).toEqual(["a.ts <-> b/b.ts <-> b/c.tsx"]);
});

/** The ending may be followed by what a bundler is to make of the file. */
const withoutEnding = (path: string): string => path.replace(/\.[jt]sx?(\?.*)?$/, "");

const SCRIPTS = fileURLToPath(new URL("../scripts/", import.meta.url));

/** The sources that a package is entered by: what it exports, what its command and its page run, what the repository's scripts take. */
function entriesOf({ exports, bin }: Manifest, folder: string): string[] {
  const exported = Object.keys(exports ?? {}).map((name) => (name === "." ? "index" : name.slice(2)));
  const built = `packages/${basename(folder)}/dist/`;
  const scripted = readdirSync(SCRIPTS)
    .filter((name) => name.endsWith(".mjs"))
    .flatMap((name) => readFileSync(join(SCRIPTS, name), "utf8").split('"'))
    .flatMap((text) => (text.includes(built) ? withoutEnding(text.slice(text.indexOf(built) + built.length)) : []));
  const page = join(folder, "src/page/index.html");
  const [, script] = (existsSync(page) && /<script[^>]* src="\.\/([^"]+)"/.exec(readFileSync(page, "utf8"))) || [];
  return [...exported, ...(bin ? ["main"] : []), ...(script ? [withoutEnding(`page/${script}`)] : []), ...scripted];
}

/** Sources that no entry point imports, directly or through others. */
function orphansIn(sources: readonly Source[], entries: readonly string[]): string[] {
  const files = new Map(sources.map((source) => [withoutEnding(source.path), source]));
  const reached = new Set(entries);
  for (const name of reached) {
    const source = files.get(name);
    for (const target of source ? targetsOf(source) : []) reached.add(withoutEnding(target));
  }
  return sources.map(({ path }) => path).filter((path) => !reached.has(withoutEnding(path)));
}

/** The strongly connected components of more than one file (Tarjan 1972). */
function circlesIn(sources: readonly Source[]): string[] {
  const files = new Map(sources.map((source) => [withoutEnding(source.path), source]));
  const order = new Map<Source, number>();
  const open: Source[] = [];
  const circles: string[] = [];
  const visit = (source: Source): number => {
    const index = order.size;
    order.set(source, index);
    open.push(source);
    let low = index;
    for (const target of targetsOf(source)) {
      const next = files.get(withoutEnding(target));
      if (!next) continue;
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (open.includes(next)) low = Math.min(low, order.get(next) as number);
    }
    if (low < index) return low;
    const component = open.splice(open.indexOf(source)).map(({ path }) => path);
    if (
      component.length > 1 ||
      targetsOf(source).some((target) => withoutEnding(target) === withoutEnding(source.path))
    )
      circles.push(component.sort().join(" <-> "));
    return low;
  };
  for (const source of sources) if (!order.has(source)) visit(source);
  return circles;
}
