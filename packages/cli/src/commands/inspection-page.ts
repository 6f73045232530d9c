import type { FittingMethod, Obstacle, Preprocessing } from "@limn/core";
import type { InspectedFile, InspectedLayers, InspectedPhoto, InspectedView, Inspection } from "@limn/node";
import { amount } from "../progress.js";
import { table } from "../table.js";
import { textWidth, wrapped } from "../wrapped.js";

/** A paragraph, or a table that is printed as it is. */
type Paragraph = string | { readonly table: string };

/** A part of the page: its heading in the margin, and what it says; nothing where the part could not be found. */
interface Section {
  readonly heading: string;
  readonly says: (inspection: Inspection) => readonly Paragraph[];
}

/** The page from top to bottom. */
const SECTIONS: readonly Section[] = [
  { heading: "file", says: ({ file }) => (file ? aboutFile(file) : []) },
  {
    heading: "input",
    says: ({ input, file }) =>
      input ? [`"${input.name}" ${shaped(input.shape)}: ${input.summary}`] : declared(file?.inputs),
  },
  {
    heading: "output",
    says: ({ output, file }) => {
      const all = declared(file?.outputs);
      if (!output) return all;
      const others =
        all.length > 1 ? [`${all.join(", ")}; "${output.output}" is explained${because(output.chosenBecause)}`] : all;
      return [...others, output.summary];
    },
  },
  {
    heading: "labels",
    says: ({ labels }) => {
      if (!labels) return [];
      if (labels.from === null) return ["none; name a data set or a file with --labels"];
      const [some, more] = [labels.names.slice(0, 3), labels.names.length > 3];
      return [`${labels.names.length}, from ${labels.from}: ${some.join(", ")}${more ? " ..." : ""}`];
    },
  },
  {
    heading: "preprocessing",
    says: ({ preprocessing }) => {
      if (!preprocessing) return [];
      const { values, source, foundIn, preset } = preprocessing;
      if (!values) return [foundIn];
      const name = preset ?? "of its own";
      const known = source === "guess" ? `guessed, since ${foundIn}` : `${FOUND[source] ?? ""}${foundIn}`;
      return [`${name}, ${known}`, inWords(values)];
    },
  },
  { heading: "layers", says: ({ layers }) => (layers ? aboutLayers(layers) : []) },
  { heading: "methods", says: ({ methods }) => (methods ? aboutMethods(methods) : []) },
  { heading: "operators", says: ({ obstacles }) => (obstacles ? aboutObstacles(obstacles) : []) },
  { heading: "warnings", says: ({ warnings }) => warnings },
  { heading: "not explained", says: ({ refusals }) => refusals },
];

/** What an inspection found, as a page of 80 columns where names are not longer. */
export function inspectionPage(inspection: Inspection): string {
  const margin = Math.max(...SECTIONS.map(({ heading }) => heading.length)) + 2;
  const blank = " ".repeat(margin);
  const sections = SECTIONS.flatMap(({ heading, says }) => {
    const paragraphs = says(inspection);
    if (paragraphs.length === 0) return [];
    const lines = paragraphs.map((paragraph, i) => {
      const first = i === 0 ? heading.padEnd(margin) : blank;
      if (typeof paragraph === "string") return wrapped(paragraph, first, blank);
      return first + paragraph.table.trimEnd().replaceAll("\n", `\n${blank}`);
    });
    return [`${lines.join("\n")}\n`];
  });
  const photos = (inspection.photos ?? []).map(aboutPhoto);
  return [`${inspection.model}\n`, ...sections, ...photos].join("\n");
}

const FOUND: Readonly<Record<string, string>> = { file: "from ", metadata: "from ", graph: "since ", type: "since " };

function aboutFile(file: InspectedFile): Paragraph[] {
  const { irVersion, opsets, producer, numbers, nodes, operators, quantized, bytes, weightFiles, path } = file;
  const { "": standard, ...others } = opsets;
  const sets = [
    ...(standard === undefined ? [] : [`operator set ${standard}`]),
    ...Object.entries(others).map(([domain, version]) => `${domain} ${version}`),
  ];
  const [most = ["", 0], ...rest] = Object.entries(operators);
  const named = [most, ...rest.slice(0, 5)].map(([name, count]) => `${count} ${name}`);
  return [
    path,
    ...(weightFiles.length > 0
      ? [
          `weights in ${weightFiles.map(({ name, bytes: size }) => `${name} (${size === null ? "missing" : amount(size, "bytes")})`).join(", ")}`,
        ]
      : []),
    `${amount(bytes, "bytes")}, ONNX, IR version ${irVersion}, ${sets.join(", ")}, written by ${producer || "a program that does not say its name"}`,
    `numbers: ${numbers.map(({ dtype, count }) => `${grouped(count)} ${dtype}`).join(", ") || "none"}${quantized ? "; quantized" : ""}`,
    `${nodes} nodes: ${named.join(", ")}${rest.length > 5 ? " ..." : ""}`,
  ];
}

const declared = (tensors: InspectedFile["inputs"] | undefined): string[] =>
  (tensors ?? []).map(
    ({ name, dtype, shape }) =>
      `"${name}" ${shape ? shaped(shape) : "of no stated shape"}${dtype && dtype !== "float32" ? ` ${dtype}` : ""}`,
  );

const shaped = (shape: readonly (number | string | null)[]): string => `[${shape.map((d) => d ?? "?").join(", ")}]`;

const because = (why: string | null): string => (why === null ? "" : `, since it ${why}`);

/** A preprocessing as people write it. */
function inWords({ resize, resample, centerCrop, rescale, mean, std, channels }: Preprocessing): string {
  const size =
    resize === "none"
      ? "not resized"
      : typeof resize === "number"
        ? `shorter edge to ${resize}, ${resample}`
        : `resized to ${resize[1]}x${resize[0]}, ${resample}`;
  const crop = centerCrop === "none" ? [] : [`the middle ${centerCrop[1]}x${centerCrop[0]} cut out`];
  const list = (numbers: readonly number[]) => {
    const shown = numbers.map((v) => `${Number(v.toPrecision(4))}`);
    return new Set(shown).size === 1 ? (shown[0] as string) : `[${shown.join(", ")}]`;
  };
  const scaled =
    Math.abs(rescale * 255 - 1) < 1e-6 ? "x / 255" : rescale === 1 ? "x" : `x * ${Number(rescale.toPrecision(6))}`;
  const isPlain = (numbers: readonly number[], nothing: number) => numbers.every((v) => v === nothing);
  const centered = isPlain(mean, 0) ? scaled : `(${scaled} - ${list(mean)})`;
  const values = isPlain(std, 1) ? centered : `${centered} / ${list(std)}`;
  return [size, ...crop, values, channels].join("; ");
}

function aboutLayers({ count, notable, caution }: InspectedLayers): Paragraph[] {
  if (count === 0) return ["none: no activation has a grid of positions"];
  const rows = notable.map(({ stage, tensor, operator, shape, depth, isDefault }) => [
    isDefault ? "*" : "",
    stage ?? "",
    `${Math.round(depth * 100)} %`,
    operator,
    shape.slice(1).join("x"),
    tensor,
  ]);
  const head = ["", "stage", "depth", "operator", "shape", "tensor"];
  return [
    `${count}; one stands for each stage, and * is the default (limn layers lists all)`,
    { table: table(head, rows, ["left", "left", "right"]) },
    ...(caution ? [caution] : []),
  ];
}

function aboutMethods(methods: readonly FittingMethod[]): Paragraph[] {
  const fitting = methods.filter(({ refused }) => refused === null);
  const named = (manyRuns: boolean) =>
    fitting
      .filter((one) => one.manyRuns === manyRuns)
      .map(({ method }) => method)
      .join(", ");
  const [quick, slow] = [named(false), named(true)];
  const reasons = new Map<string, string[]>();
  for (const { method, refused } of methods) {
    if (refused === null) continue;
    // most say their name themselves
    const reason = refused.replace(`${method}: `, "");
    reasons.set(reason, [...(reasons.get(reason) ?? []), method]);
  }
  return [
    ...(quick ? [quick] : ["none that takes one run fits"]),
    ...(slow ? [`if named, since they take many runs: ${slow}`] : []),
    ...[...reasons].map(([reason, names]) => `not ${names.join(", ")}: ${reason}`),
  ];
}

function aboutObstacles(obstacles: readonly Obstacle[]): Paragraph[] {
  if (obstacles.length === 0) return ["gradients and relevance pass all of them"];
  return obstacles.map(({ operator, nodes, first, stops, reason }) => {
    const where = nodes === 1 ? `1 node, "${first}"` : `${nodes} nodes, such as "${first}"`;
    return `${operator} (${where}) stops ${stops === "gradient" ? "gradients" : "relevance"}: ${reason}`;
  });
}

function aboutPhoto(photo: InspectedPhoto): string {
  if ("error" in photo) return `${photo.error}\n`;
  const entropies = photo.views.some(({ entropy }) => entropy !== null);
  const names = photo.views.map(({ preset, chosen }) => [chosen ? "*" : "", preset]);
  const nameWidth = Math.max(...names.map(([, preset = ""]) => preset.length), "preset".length);
  // the mark, the gaps between columns, and "bits" at the end
  const width = textWidth() - (2 + 1 + 2 + nameWidth + 2) - (entropies ? "bits".length + 2 : 0);
  const rows = photo.views.map(({ top, entropy }, i) => [
    ...(names[i] as string[]),
    classesIn(top, width),
    ...(entropies ? [entropy?.toFixed(1) ?? ""] : []),
  ]);
  const head = ["", "preset", "top classes", ...(entropies ? ["bits"] : [])];
  const lines = table(head, rows, ["left", "left", "left", "right"]).replace(/^/gm, "  ").trimEnd();
  return `${photo.path}\n${lines}\n${photo.warnings.map((warning) => `  ${warning}\n`).join("")}`;
}

/** As many classes as a line holds, at least one. */
function classesIn(top: InspectedView["top"], width: number): string {
  if (top.length === 0) return "its scores are not numbers";
  const told = top.map(({ label, index, probability, value }) => {
    const number = value === undefined ? `${(100 * probability).toFixed(1)} %` : value.toPrecision(4);
    // of the synonyms in ImageNet's labels, the first
    const name = label?.split(",")[0] ?? (value === undefined || top.length > 1 ? `class ${index}` : "the value");
    return { name, number };
  });
  const lines = told.map((_, i) =>
    told
      .slice(0, i + 1)
      .map(({ name, number }) => `${name} ${number}`)
      .join(", "),
  );
  const fitting = lines.slice(0, 3).findLast((line) => line.length <= width);
  const [{ name, number }] = told as [{ name: string; number: string }];
  return fitting ?? `${name.slice(0, width - number.length - 4)}... ${number}`;
}

/** 1234567 as 1 234 567. */
const grouped = (count: number): string => `${count}`.replace(/\B(?=(\d{3})+$)/g, " ");
