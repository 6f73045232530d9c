import { VERSION } from "@limn/core";
import {
  contrastOf,
  type PictureExplainer,
  type PictureExplanation,
  type PictureMap,
  type SavedExplanation,
  type SavedMap,
} from "@limn/node";
import type { PictureError } from "../find-pictures.js";

export type PictureDocument = ReturnType<typeof explanationDocument>;
export type ContrastDocument = Exclude<ReturnType<typeof contrastDocumentOf>, undefined>;

/** What --json prints. */
export function documentOfAll(
  { milliseconds, classifier, preprocessing, warnings, failures }: PictureExplainer,
  results: readonly PictureDocument[],
  contrasts: readonly ContrastDocument[],
  errors: readonly PictureError[],
) {
  const { location, classes, image } = classifier;
  return {
    limn: VERSION,
    model: { file: location, classes, input: image.dims, preprocessing: preprocessing ?? null },
    milliseconds: { load: rounded(milliseconds.load), compile: rounded(milliseconds.compile) },
    warnings,
    results,
    contrasts,
    failures,
    errors,
  };
}

/** One picture and target of the JSON document. */
export function explanationDocument(explanation: PictureExplanation, saved: SavedExplanation | undefined) {
  return {
    image: explanation.path,
    prediction: explanation.prediction,
    target: explanation.target,
    sheet: saved?.sheet ?? null,
    maps: explanation.maps.map((map, i) => mapDocumentOf(map, saved?.maps[i])),
    milliseconds: { run: rounded(explanation.runMs) },
    warnings: explanation.warnings,
  };
}

/** The differences between the maps of two classes; undefined for one class, or more than two. */
export function contrastDocumentOf(explanations: readonly PictureExplanation[], saved: readonly SavedExplanation[]) {
  const contrast = contrastOf(explanations);
  if (!contrast) return undefined;
  const { first, second, maps } = contrast;
  return {
    image: first.path,
    first: first.target,
    second: second.target,
    maps: maps.map((map, i) => mapDocumentOf(map, saved[0]?.contrast?.[i])),
  };
}

const mapDocumentOf = ({ request, raw, diagnosis }: PictureMap, saved: SavedMap | undefined) => ({
  method: request.name,
  layer: request.layer ?? null,
  shape: raw.shape,
  ...statistics(raw.values),
  figures: raw.indicators.map(({ name, value, advice }) => ({
    name,
    value: Number.isFinite(value) ? value : null,
    advice: advice ?? null,
  })),
  file: saved?.files[0] ?? null,
  files: saved?.files ?? [],
  diagnosis: diagnosis ?? null,
});

/** The least, the most and the sum of a map's values. If they are NaN, JSON has null. */
function statistics(values: Float32Array): { min: number | null; max: number | null; sum: number | null } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const v of values) {
    if (v < min) min = v;
    if (v > max) max = v;
    sum += v;
  }
  return { min, max, sum };
}

/** What is printed for one picture. */
export function summaryOf(
  explanations: readonly PictureExplanation[],
  saved: readonly SavedExplanation[],
  folder: string,
): string {
  const [first] = explanations;
  if (!first) return "";
  const lines = [`${first.path}: ${first.prediction.slice(0, 3).map(named).join(", then ")}`];
  for (const { target, maps, runMs } of explanations) {
    lines.push(
      `  why ${nameOf(target)}: ${maps.map(({ request }) => request.output).join(", ")} in ${Math.round(runMs)} ms`,
    );
    for (const { request, diagnosis } of maps) {
      if (diagnosis) lines.push(`    ${request.output} is blank: ${diagnosis.message}`);
    }
  }
  const contrast = saved[0]?.contrast ?? [];
  const [one, other] = explanations;
  if (contrast.length > 0 && one && other) {
    lines.push(`  ${nameOf(one.target)} − ${nameOf(other.target)}: the difference of each pair of maps`);
  }
  const files = [...saved.flatMap(({ maps }) => maps), ...contrast].reduce((sum, map) => sum + map.files.length, 0);
  const sheet = saved[0]?.sheet;
  const more = `${files} ${files === 1 ? "file" : "files"}`;
  lines.push(sheet ? `  -> ${sheet} and ${more} next to it` : `  -> ${more} in ${folder}`);
  return `${lines.join("\n")}\n`;
}

type Class = PictureExplanation["target"];

const nameOf = ({ index, label }: Class): string => label ?? `class ${index}`;

/** A class with its probability or value, or a combination. */
export function named(c: Class): string {
  if (c.combination) return nameOf(c);
  return c.value !== undefined
    ? `${nameOf(c)} = ${c.value.toPrecision(4)}`
    : `${nameOf(c)} (${(100 * c.probability).toFixed(1)} %)`;
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;
