import { basename } from "node:path";
import { chosenOptions, OUTLINED, type Picture } from "@limn/core";
import { contrastOf, type PictureContrast } from "../contrast.js";
import { type PictureExplainer, type PictureExplanation, type PictureMap, scaled } from "../picture-explainer.js";
import { certaintyOf, headingOf, namedClass, nameOfClass } from "./class-words.js";
import { drawnMap, type ExplainedMap } from "./drawn-map.js";
import type { Look } from "./look.js";
import { resized } from "./resized.js";
import { type SameMaps, sameMaps } from "./same-maps.js";
import {
  type Sheet,
  type SheetMap,
  type SheetPicture,
  type SheetPrediction,
  type SheetRow,
  tilePixels,
} from "./sheet.js";

/** How many classes are named below the picture. */
const NAMED = 3;

/** What a sheet is made of: the picture in a tile's size, and every map as it is drawn there. */
export interface DrawnExplanations {
  readonly picture: SheetPicture;
  /** The sheet, on which maps that show the same are one. */
  readonly sheet: Sheet;
  /** Each map for itself, as `explanations` and, last, the contrast have them. */
  readonly maps: readonly (readonly SheetMap[])[];
}

/** The sheet of one picture: a row per explained class, and for two classes a row of what tells them apart. */
export async function sheetOf(
  explainer: PictureExplainer,
  explanations: readonly PictureExplanation[],
  look: Look = {},
): Promise<DrawnExplanations> {
  const [first] = explanations as readonly [PictureExplanation];
  const picture = await resized(first.picture, tilePixels(first.picture));
  const rows: SheetRow[] = [];
  const all: SheetMap[][] = [];
  const add = (heading: string, drawn: ReadonlyMap<PictureMap, SheetMap>) => {
    rows.push({ heading, maps: sameMaps([...drawn.keys()]).map((same) => joined(same, drawn)) });
    all.push([...drawn.values()]);
  };
  for (const explanation of explanations) {
    const drawn = new Map<PictureMap, SheetMap>();
    for (const [i, map] of explanation.maps.entries()) {
      const peers = explanations.map((one) => ({ explanation: one, map: one.maps[i] as PictureMap }));
      drawn.set(map, await sheetMapOf(explainer, { explanation, map }, picture, look, peers));
    }
    add(headingOf(explanation), drawn);
  }
  const contrast = contrastOf(explanations);
  if (contrast) add(...(await contrastRow(explainer, contrast, picture, look)));
  const sheet: Sheet = {
    title: basename(first.path),
    subtitle: `seen by ${explainer.classifier.location}`,
    picture,
    view: scaled(first, picture),
    predictions: first.prediction.slice(0, NAMED).map(predictionOf),
    legend: legendOf(
      rows.flatMap(({ maps }) => maps),
      look,
    ),
    rows,
  };
  return { picture: sheet, sheet, maps: all };
}

const predictionOf = (one: PictureExplanation["prediction"][number]): SheetPrediction => ({
  name: nameOfClass(one),
  certainty: certaintyOf(one),
  share: one.value === undefined ? one.probability : undefined,
});

/** What is to be known of the colors and lines on a sheet with these maps. */
const legendOf = (maps: readonly SheetMap[], { scale = "own" }: Look): string[] => [
  ...(maps.some(({ outline }) => outline.length > 0)
    ? [`The white line holds ${100 * OUTLINED} % of what a map shows for its class, in as little room as possible.`]
    : []),
  ...(maps.some(({ ends: [against] }) => against) ? ["Warm colors speak for the class, blue ones against it."] : []),
  scale === "shared"
    ? "The maps of a method share one scale for all classes."
    : typeof scale === "number"
      ? "All maps have the same scale."
      : "Every map has its own scale.",
];

async function contrastRow(
  explainer: PictureExplainer,
  { first, second, maps }: PictureContrast,
  picture: Picture,
  look: Look,
): Promise<[heading: string, drawn: Map<PictureMap, SheetMap>]> {
  const [one, other] = [nameOfClass(first.target), nameOfClass(second.target)];
  const drawn = new Map<PictureMap, SheetMap>();
  for (const map of maps) {
    const made = await sheetMapOf(explainer, { explanation: first, map }, picture, look);
    const about = `${one} minus ${other}, by ${basename(explainer.classifier.location)}`;
    drawn.set(map, { ...made, about, ends: [other, one] });
  }
  return [`${one} − ${other}:  each map divided by its own largest absolute value, then subtracted`, drawn];
}

/** The one tile of maps that show the same. */
function joined({ shown, others }: SameMaps, drawn: ReadonlyMap<PictureMap, SheetMap>): SheetMap {
  const map = drawn.get(shown) as SheetMap;
  if (others.length === 0) return map;
  const names = others.map(({ request }) => request.name).join(", ");
  return { ...map, same: `The same up to ReLU and scale: ${names}` };
}

/** The method and, if the picture is explained by it at several layers, the layer. */
function titleOf({ name, output }: PictureMap["request"], { maps }: PictureExplanation): string {
  const isAlone = maps.filter(({ request }) => request.name === name).length === 1;
  return isAlone || !output.startsWith(`${name}/`) ? name : `${name} at ${output.slice(name.length + 1)}`;
}

/** The options of a map, if they are not the usual ones: `with row 40`. */
function chosenIn(request: PictureMap["request"]): string | undefined {
  const chosen = Object.entries(chosenOptions(request));
  const said = chosen.map(([name, value]) => `${name} ${typeof value === "object" ? "of one's own" : value}`);
  return said.length > 0 ? `with ${said.join(", ")}` : undefined;
}

async function sheetMapOf(
  explainer: PictureExplainer,
  shown: ExplainedMap,
  picture: Picture,
  look: Look,
  peers: readonly ExplainedMap[] = [shown],
): Promise<SheetMap> {
  const { explanation, map } = shown;
  const { request, raw, diagnosis, caution } = map;
  const { layer, signed } = request;
  const { smoothed, ...drawn } = await drawnMap(explainer, shown, picture, look, peers);
  const sized = `${raw.shape.join(" × ")} values`;
  return {
    ...drawn,
    family: request.definition.family,
    values: raw.values.length,
    title: titleOf(request, explanation),
    words: request.definition.summary,
    same: undefined,
    about: `for ${namedClass(explanation.target)}, by ${basename(explainer.classifier.location)}`,
    chosen: chosenIn(request),
    facts: [layer?.stage, sized, smoothed ? "smoothed for show" : undefined].filter(Boolean).join("  ·  "),
    // a stage is one layer only
    tensor: layer?.stage === undefined ? layer?.tensor : undefined,
    caution: caution?.brief,
    note: diagnosis?.message,
    ends: signed ? ["against", "for"] : ["", ""],
  };
}
