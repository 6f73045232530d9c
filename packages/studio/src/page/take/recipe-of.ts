import { USUAL_OPACITY } from "../store/look.js";
import { addressName, type StudioModel } from "../store/model.js";
import type { Studio } from "../store/studio.js";
import type { Recipe } from "./recipe.js";

/** What it takes to make what the studio shows elsewhere; undefined if it shows no map. */
export function recipeOf({ model, photo, shown, colors, opacity }: Studio): Recipe | undefined {
  const maps = shown.filter((one) => one.kind === "map");
  if (!model || !photo || maps.length === 0) return undefined;
  const { preprocessing, output, scoreFunction, companions = [] } = model.choice;
  const labels = companions.find(({ name }) => !/preprocess/i.test(name))?.name;
  return {
    model: addressName(model),
    photo: photo.named === undefined ? photo.name : `${photo.named}.png`,
    targets: [...new Set(maps.map(({ target }) => target))].map((target) => nameFor(model, target)),
    wishes: maps.map(({ wish }) => wish),
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
