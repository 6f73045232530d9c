import { basename } from "node:path";
import { type ColorMapName, overlay, type Picture, type Range, rangeOf } from "@limn/core";
import { contrastOf, type PictureContrast } from "../contrast.js";
import { type PictureExplainer, type PictureExplanation, type PictureMap, scaled } from "../picture-explainer.js";
import { headingOf, nameOfClass, predictionLine } from "./class-words.js";
import { resized } from "./resized.js";
import { type Sheet, type SheetMap, type SheetRow, tilePixels } from "./sheet.js";

/**
 * The share of a map's values that its colors span: fine maps have single extreme values, which would leave all others
 * dark. In coarse maps, up to 14 x 14, it is all values.
 */
export const COVERAGE = 0.995;

/** The sheet of one picture: a row per explained class, and for two classes a row of what tells them apart. */
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
  const contrast = contrastOf(explanations);
  if (contrast) rows.push(await contrastRow(explainer, contrast, picture));
  return {
    title: basename(first.path),
    subtitle: predictionLine(explainer.classifier.location, first.prediction),
    picture,
    view: scaled(first, picture),
    rows,
  };
}

async function contrastRow(
  explainer: PictureExplainer,
  { first, second, maps }: PictureContrast,
  picture: Picture,
): Promise<SheetRow> {
  const [one, other] = [nameOfClass(first.target), nameOfClass(second.target)];
  const drawn: SheetMap[] = [];
  for (const map of maps) drawn.push({ ...(await sheetMapOf(explainer, first, map, picture)), ends: [other, one] });
  const heading = `${one} − ${other}:  each map divided by its own largest absolute value, then subtracted`;
  return { heading, maps: drawn };
}

async function sheetMapOf(
  explainer: PictureExplainer,
  explanation: PictureExplanation,
  map: PictureMap,
  picture: Picture,
): Promise<SheetMap> {
  const { request, raw, diagnosis, caution } = map;
  const { layer } = request;
  return {
    ...(await coloredMap(explainer, explanation, map, picture)),
    family: request.definition.family,
    title: request.name,
    facts: [layer?.stage, raw.shape.join(" × "), caution?.brief].filter(Boolean).join("  ·  "),
    tensor: layer?.tensor,
    note: diagnosis?.message,
  };
}

/** A map laid over the sheet's picture, with what its colors stand for. */
export async function coloredMap(
  explainer: PictureExplainer,
  explanation: PictureExplanation,
  map: PictureMap,
  picture: Picture,
): Promise<{ rgb: Uint8Array; colors: ColorMapName; range: Range }> {
  const { signed, definition } = map.request;
  const { floating = false } = definition;
  const colors: ColorMapName = signed ? "aurora" : "ember";
  // over the map's own values, which what is placed on the picture only interpolates
  const range = rangeOf(explainer.grid(map).data, { signed, floating, coverage: COVERAGE });
  const { data } = await explainer.place(map, explanation, picture);
  return { rgb: overlay(picture.rgb, map.diagnosis ? silent(data) : data, { colors, range }), colors, range };
}

/** The same shape with nothing to show: zero where the model looked. */
const silent = (values: Float32Array): Float32Array => values.map((v) => (Number.isNaN(v) ? v : 0));
