import { USUAL_OPACITY } from "../store/look.js";
import { addressName, type StudioModel } from "../store/model.js";
import type { Photo } from "../store/photos.js";
import { quickMethod, wishFor } from "../store/question.js";
import { sheetPhotos } from "../store/sheet.js";
import type { Shown } from "../store/shown.js";
import type { Studio } from "../store/studio.js";
import type { Recipe } from "./recipe.js";

/** What it takes to make what the studio shows elsewhere, by each of the models that it shows; empty if it shows no map. */
export function recipesOf(studio: Studio): readonly Recipe[] {
  const { model, other, photo, shown, colors, opacity } = studio;
  if (studio.view === "sheet") return recipeOfSheet(studio);
  return (
    [
      [model, undefined],
      [other, "other"],
    ] as const
  ).flatMap(([one, by]) => {
    const maps = shown.filter((one) => one.kind === "map").filter((map) => map.by === by);
    return one && photo && maps.length > 0 ? [recipeBy(one, photo, maps, { colors, opacity })] : [];
  });
}

function recipeBy(
  model: StudioModel,
  photo: Photo,
  maps: readonly Extract<Shown, { kind: "map" }>[],
  look: Pick<Studio, "colors" | "opacity">,
): Recipe {
  return {
    photos: [fileOf(photo)],
    targets: [...new Set(maps.map(({ target }) => target))].map((target) => nameFor(model, target)),
    wishes: maps.map(({ wish }) => wish),
    ...choicesOf(model, look),
  };
}

function recipeOfSheet(studio: Studio): readonly Recipe[] {
  const { model, methods } = studio;
  const method = model && quickMethod(model, methods);
  const photos = sheetPhotos(studio).map(({ from, name }) => (from instanceof File ? name : fileOf(from)));
  if (!model || method === undefined || photos.length === 0) return [];
  return [{ photos, targets: [], wishes: [wishFor(method, studio)], ...choicesOf(model, studio) }];
}

const fileOf = ({ named, name }: Photo): string => (named === undefined ? name : `${named}.png`);

/** The model and what was chosen of it, and of how maps look. */
function choicesOf(
  model: StudioModel,
  { colors, opacity }: Pick<Studio, "colors" | "opacity">,
): Omit<Recipe, "photos" | "targets" | "wishes"> {
  const { preprocessing, output, scoreFunction, companions = [] } = model.choice;
  const labels = companions.find(({ name }) => !/preprocess/i.test(name))?.name;
  return {
    model: addressName(model),
    ...(labels === undefined ? {} : { labels }),
    ...(preprocessing === undefined ? {} : { preprocessing }),
    ...(output === undefined ? {} : { output }),
    ...(scoreFunction === undefined ? {} : { scoreFunction }),
    ...(colors === undefined ? {} : { colors }),
    ...(opacity === USUAL_OPACITY ? {} : { opacity }),
  };
}

/** A class's label, if options can't take it for something else, or else its index. */
function nameFor({ labels }: StudioModel, target: number): string {
  const label = labels?.[target];
  const isPlain =
    label !== undefined && /^[\p{L}_][\p{L}\p{N}_ ]*$/u.test(label) && !/^(rest|prob) |^predicted$/.test(label);
  return isPlain && labels?.indexOf(label) === labels?.lastIndexOf(label) ? label : String(target);
}
