import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { LimnError, type Picture } from "@limn/core";
import sharp from "sharp";
import { encodeNpy } from "./npy.js";
import { type PictureExplainer, type PictureExplanation, type PictureMap, scaled } from "./picture-explainer.js";
import { renderSheet, renderTile, type Sheet, type SheetMap, tilePixels } from "./sheet/sheet.js";
import { writeFileAtomically } from "./write-file.js";

/** `png`: a comparison sheet and one picture a map; `npy`: raw maps, and maps on the picture's pixels; `json`: numbers. */
export const FORMATS = ["png", "npy", "json"] as const;
export type Format = (typeof FORMATS)[number];

export interface SaveOptions {
  /** Made where it is missing. */
  readonly folder: string;
  readonly formats: readonly Format[];
}

export interface SavedMap {
  /** Paths of what was written for the map, the most telling first. */
  readonly files: readonly string[];
}

export interface SavedExplanation {
  readonly maps: readonly SavedMap[];
  /** The sheet that all classes of the picture share. */
  readonly sheet: string | undefined;
}

/** Gradients have single extreme pixels, which would leave the others dark. */
const GRADIENT_COVERAGE = 0.995;
const IN_INPUT_SPACE = new Set(["saliency", "guided-backprop"]);

/**
 * Writes the explanations of one picture, one per target. Every file is written whole or not at all.
 * @throws LimnError `output` where the folder or a file can't be written
 */
export async function saveExplanations(
  explainer: PictureExplainer,
  explanations: readonly PictureExplanation[],
  { folder, formats }: SaveOptions,
): Promise<SavedExplanation[]> {
  const [first] = explanations;
  if (!first) return [];
  await makeFolder(folder);
  const stem = basename(first.path).replace(/\.[^.]+$/, "");
  const files = explanations.map((e) => e.maps.map((): string[] => []));
  const save = async (e: number, m: number, path: string, content: string | Uint8Array) => {
    await writeFileAtomically(path, content);
    files[e]?.[m]?.push(path);
  };
  const nameOf = (explanation: PictureExplanation, map: PictureMap) =>
    join(folder, [stem, ...(explanations.length > 1 ? [`class-${explanation.target.index}`] : []), fileName(map.request.output)].join("."));

  let sheetPath: string | undefined;
  if (formats.includes("png")) {
    const sheet = await sheetOf(explainer, explanations);
    sheetPath = join(folder, `${stem}.png`);
    await writeFileAtomically(sheetPath, await renderSheet(sheet));
    for (const [e, explanation] of explanations.entries()) {
      for (const [m, map] of explanation.maps.entries()) {
        const drawn = sheet.rows[e]?.maps[m];
        if (drawn) await save(e, m, `${nameOf(explanation, map)}.png`, await renderTile(sheet, drawn));
      }
    }
  }
  for (const [e, explanation] of explanations.entries()) {
    for (const [m, map] of explanation.maps.entries()) {
      const name = nameOf(explanation, map);
      if (formats.includes("npy")) {
        await save(e, m, `${name}.npy`, encodeNpy(map.raw.shape, map.raw.values));
        const { data, width, height } = await explainer.place(map, explanation);
        await save(e, m, `${name}.picture.npy`, encodeNpy([height, width], data));
      }
      if (formats.includes("json")) await save(e, m, `${name}.json`, numbersOf(explanation, map));
    }
  }
  return explanations.map((_, e) => ({ maps: (files[e] ?? []).map((list) => ({ files: list })), sheet: sheetPath }));
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new LimnError("output", `${folder}: the folder can't be made (${code}); choose another with --out`, { cause: error });
  }
}

/** Tensor names hold slashes and more. */
const fileName = (output: string): string => output.replace(/^\/+|[^\w.+-]+/g, "-").replace(/-+/g, "-").replace(/^-/, "");

function numbersOf({ path, prediction, target, view }: PictureExplanation, { request, raw, diagnosis }: PictureMap): string {
  const { method, name, layer, options } = request;
  const document = {
    image: path,
    prediction,
    target,
    view,
    method,
    name,
    layer: layer ?? null,
    options,
    shape: raw.shape,
    values: Array.from(raw.values),
    diagnosis: diagnosis ?? null,
  };
  return `${JSON.stringify(document)}\n`;
}

async function sheetOf(explainer: PictureExplainer, explanations: readonly PictureExplanation[]): Promise<Sheet> {
  const [first] = explanations as [PictureExplanation];
  const size = tilePixels(first.picture);
  const [top] = first.prediction;
  const rows = [];
  for (const explanation of explanations) {
    const maps: SheetMap[] = [];
    for (const map of explanation.maps) {
      maps.push({
        map: await explainer.place(map, explanation, size),
        signed: map.request.signed,
        coverage: IN_INPUT_SPACE.has(map.request.method) ? GRADIENT_COVERAGE : 1,
        title: map.request.name,
        subtitle: subtitleOf(map),
        note: map.diagnosis?.message,
      });
    }
    rows.push({ heading: headingOf(explanation), maps });
  }
  const predicted = top ? `predicted ${named(top)}` : "";
  const others = first.prediction.slice(1, 3).map(named);
  return {
    title: basename(first.path),
    subtitle: [explainer.classifier.location, [predicted, ...others].join(", then ")].filter(Boolean).join("  ·  "),
    picture: await resized(first.picture, size),
    view: scaled(first, size),
    rows,
  };
}

type Target = PictureExplanation["target"];

const nameOfClass = ({ index, label }: Target): string => label?.replaceAll("_", " ") ?? `class ${index}`;

const named = (target: Target): string => `${nameOfClass(target)} ${percent(target.probability)}`;

const headingOf = ({ target, prediction }: PictureExplanation): string => {
  const facts = [
    ...(target.label === undefined ? [] : [`class ${target.index}`]),
    percent(target.probability),
    ...(prediction[0]?.index === target.index ? ["predicted"] : []),
  ];
  return `Why ${nameOfClass(target)}?  ${facts.join(", ")}`;
};

const percent = (p: number): string => (p > 0 && p < 0.001 ? "< 0.1 %" : `${(100 * p).toFixed(1)} %`);

function subtitleOf({ request, raw }: PictureMap): string {
  const { layer } = request;
  const size = `${raw.shape.slice(-2).join(" × ")}`;
  if (!layer) return size;
  return [layer.stage, layer.tensor, size].filter(Boolean).join("  ·  ");
}

async function resized(picture: Picture, { width, height }: { width: number; height: number }): Promise<Picture> {
  const { rgb } = picture;
  const raw = { width: picture.width, height: picture.height, channels: 3 as const };
  // small pictures keep their square pixels, so that people see what the model saw
  const kernel = width > 2 * picture.width ? "nearest" : "lanczos3";
  const data = await sharp(Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength), { raw })
    .resize(width, height, { fit: "fill", kernel })
    .raw()
    .toBuffer();
  return { width, height, rgb: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
