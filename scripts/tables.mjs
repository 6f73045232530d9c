// Writes the tables of README.md and docs/ that are made from the definitions of methods, rules and composites; run it
// after `npm run build`:
//
//   node scripts/tables.mjs
//
// A test fails where a file holds another table.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  attentionEntryFor,
  attentionRules,
  composites,
  DEFAULT_COMPOSITE,
  DEFAULT_WITH_ATTENTION,
  defaultMethods,
  describeEntry,
  describeOptions,
  entryFor,
  families,
  isIterated,
  methods,
  parseOptions,
  rules,
} from "@limn/core";

const ROOT = new URL("../", import.meta.url);

const pageOf = (name) => (existsSync(new URL(`docs/methods/${name}.md`, ROOT)) ? `methods/${name}.md` : undefined);

const code = (name) => `\`${name}\``;
const linked = (name, folder) => (pageOf(name) ? `[${code(name)}](${folder}${pageOf(name)})` : code(name));

const row = (cells) => `| ${cells.join(" | ")} |`;
const table = (heads, rows) =>
  [row(heads), row(heads.map(() => "---")), ...rows.map(row)]
    .join("\n")
    .replaceAll("|  |", "| |")
    .replaceAll("|  |", "| |");

/** A variant as its difference from the method's name, where it begins with it. */
const variantsOf = ({ name, variants = {} }) =>
  Object.keys(variants).map((v) => ({ name: v, short: v.replace(name, "") }));

const all = Object.values(methods);

function readmeTable() {
  const rows = all
    .filter((method) => !isIterated(method))
    .map((method) => {
      const also = variantsOf(method).map(({ name, short }) => (pageOf(name) ? linked(name, "docs/") : code(short)));
      const other = also.length > 0 ? ` (also ${also.join(", ")})` : "";
      return [`${linked(method.name, "docs/")}${other}`, method.summary, method.source];
    });
  const many = all.filter(isIterated).map(({ name }) => linked(name, "docs/"));
  const sentence = `${many.slice(0, -1).join(", ")} and ${many.at(-1)} take many runs of the model, and are made when they are named.`;
  return `${table(["method", "shows", "source"], rows)}\n\n${sentence}`;
}

/** Not in the registry, since it explains no photo. */
const CLASS_MODEL = ["`limn imagine`", "3 x 512", "yes", "a picture", "image", "a gradient; no photo"];

function overviewTable() {
  const heads = ["", "method", "forward runs", "about the class", "signed", "where", "needs"];
  const rows = families.flatMap((family) => [
    [`**${family}**`, "", "", "", "", "", ""],
    ...all.filter((method) => method.family === family).flatMap(overviewRows),
  ]);
  const [command, ...facts] = CLASS_MODEL;
  const last = [thumb("class-model"), `${linked("class-model", "")}, ${command}`, ...facts];
  return table(heads, [...rows, ["**class models**", "", "", "", "", "", ""], last]);
}

const thumb = (name) =>
  `[<img src="images/methods/${name}.thumb.webp" width="64" alt="${name} of the cat">](${pageOf(name)})`;

/** A method's row, and one for each of its variants that has a page of its own. */
function overviewRows(method) {
  const { name, table: facts, usesLayer } = method;
  const variants = variantsOf(method);
  const short = variants.filter((variant) => !pageOf(variant.name)).map((variant) => code(variant.short));
  const where = facts.at ?? (usesLayer === true ? "any" : usesLayer === "optional" ? "image, or any" : "image");
  const rowOf = (of, words, signed) => [
    thumb(of),
    [linked(of, ""), ...words].join(", "),
    facts.runs,
    facts.aboutClass,
    signed,
    where,
    facts.needs,
  ];
  const own = variants.filter((variant) => pageOf(variant.name));
  return [
    rowOf(name, short, signOf(method)),
    ...own.map((variant) => rowOf(variant.name, [], signed(method, method.variants[variant.name]) ? "yes" : "no")),
  ];
}

const signed = (method, options) => method.signed(parseOptions(method, options));

function signOf(method) {
  const own = signed(method, {});
  const others = Object.values(method.variants ?? {});
  const word = own ? "yes" : "no";
  return others.length > 0 && others.every((options) => signed(method, options) !== own)
    ? `${word}; these ${own ? "no" : "yes"}`
    : word;
}

/** The methods that are made if none are named, and where. */
function defaultsTable() {
  const whereOf = ({ usesLayer, byDefault }) =>
    usesLayer !== true ? "at the image" : byDefault === "finer" ? "at the stage before the last" : "at the last layer";
  return table(
    ["method", "shows", "where"],
    defaultMethods.map((name) => [linked(name, ""), methods[name].summary, whereOf(methods[name])]),
  );
}

const rulesTable = () =>
  table(
    ["rule", "R_j = sum over k of R_k times", "options", "source"],
    Object.values(rules).map((rule) => [
      code(rule.name),
      rule.share,
      describeOptions(rule)
        .map(({ name, usual, description }) => `${code(name)}, ${usual}: ${description}`)
        .join("; "),
      rule.source,
    ]),
  );

const attentionTable = () =>
  table(
    ["rule", "of attention, A = softmax(s Q K^T), Y = A V", "source"],
    Object.values(attentionRules).map(({ name, share, source }) => [code(name), share, source]),
  );

const DEFAULTS = { [DEFAULT_COMPOSITE]: " (default)", [DEFAULT_WITH_ATTENTION]: " (default with attention)" };

function compositesTable() {
  const PLACES = [
    { kind: "convolution", first: true },
    { kind: "convolution", first: false },
    { kind: "dense", first: false },
  ];
  const rows = Object.values(composites).map((composite) => [
    code(composite.name) + (DEFAULTS[composite.name] ?? ""),
    ...PLACES.map((place) => describeEntry(entryFor(composite, { ...place, operator: "", names: [] }))),
    (attentionEntryFor(composite, { operator: "", names: [] })?.rule ?? attentionRules["cp-lrp"]).name,
    composite.summary,
    composite.source,
  ]);
  return table(["composite", "first layer", "convolutions", "all others", "attention", "which is", "source"], rows);
}

/** What stands in which file, between `<!-- NAME: ... -->` and `<!-- end of NAME -->`. */
export const TABLES = [
  { file: "README.md", name: "methods", make: readmeTable },
  { file: "docs/methods.md", name: "methods", make: overviewTable },
  { file: "docs/methods.md", name: "defaults", make: defaultsTable },
  { file: "docs/relevance.md", name: "rules", make: rulesTable },
  { file: "docs/relevance.md", name: "attention", make: attentionTable },
  { file: "docs/relevance.md", name: "composites", make: compositesTable },
];

/** A file's text with the table as it should be. */
export function withTable({ file, name, make }) {
  const text = readFileSync(new URL(file, ROOT), "utf8");
  const between = new RegExp(`(<!-- ${name}: [^\\n]*-->\\n)[^]*?(<!-- end of ${name} -->)`);
  if (!between.test(text)) throw new Error(`${file} has no place for the table of ${name}`);
  return text.replace(between, (_, begin, end) => `${begin}\n${make()}\n\n${end}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const made of TABLES) writeFileSync(new URL(made.file, ROOT), withTable(made));
}
