import { basename } from "node:path";
import { type ColorMapName, overlay, type Picture, rangeOf } from "@limn/core";
import sharp from "sharp";
import { type PictureExplainer, type PictureExplanation, type PictureMap, scaled } from "../picture-explainer.js";
import { type Sheet, type SheetMap, type SheetRow, tilePixels } from "./sheet.js";

/** Maps by the image's own pixels, not at a layer, have single extreme ones, which would leave the others dark. */
const PIXEL_COVERAGE = 0.995;

/** The sheet of one picture: a row per explained class. */
export async function sheetOf(
  explainer: PictureExplainer,
  explanations: readonly PictureExplanation[],
): Promise<Sheet> {
  const [first] = explanations as readonly [PictureExplanation];
  const picture = await resized(first.picture, tilePixels(first.picture));
  const rows: SheetRow[] = [];
  for (const explanation of explanations) {
    const maps: SheetMap[] = [];
    for (const map of explanation.maps) maps.push(await sheetMapOf(explainer, explanation, map, picture));
    rows.push({ heading: headingOf(explanation), maps });
  }
  const [top, ...others] = first.prediction.slice(0, 3).map(named);
  return {
    title: basename(first.path),
    subtitle: `${explainer.classifier.location}  ·  predicted ${[top, ...others].join(", then ")}`,
    picture,
    view: scaled(first, picture),
    rows,
  };
}

async function sheetMapOf(
  explainer: PictureExplainer,
  explanation: PictureExplanation,
  map: PictureMap,
  picture: Picture,
): Promise<SheetMap> {
  const { request, raw, diagnosis } = map;
  const { signed, layer } = request;
  const colors: ColorMapName = signed ? "aurora" : "ember";
  const coverage = layer ? 1 : PIXEL_COVERAGE;
  // over the map's own values, which what is placed on the picture only interpolates
  const range = rangeOf(explainer.grid(map).data, { signed, coverage });
  const { data } = await explainer.place(map, explanation, picture);
  return {
    rgb: overlay(picture.rgb, diagnosis ? silent(data) : data, { colors, range }),
    colors,
    range,
    title: request.name,
    facts: [layer?.stage, raw.shape.join(" × ")].filter(Boolean).join("  ·  "),
    tensor: layer?.tensor,
    note: diagnosis?.message,
  };
}

/** The same shape with nothing to show: zero where the model looked. */
const silent = (values: Float32Array): Float32Array => values.map((v) => (Number.isNaN(v) ? v : 0));

type Target = PictureExplanation["target"];

const nameOfClass = ({ index, label }: Target): string => label?.replaceAll("_", " ") ?? `class ${index}`;

const named = (target: Target): string => `${nameOfClass(target)} (${percent(target.probability)})`;

function headingOf({ target, prediction }: PictureExplanation): string {
  const facts = [
    ...(target.label === undefined ? [] : [`class ${target.index}`]),
    `probability ${percent(target.probability)}`,
    ...(prediction[0]?.index === target.index ? ["predicted"] : []),
  ];
  return `Why ${nameOfClass(target)}?  ${facts.join(", ")}`;
}

const percent = (p: number): string => (p > 0 && p < 0.001 ? "< 0.1 %" : `${(100 * p).toFixed(1)} %`);

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
