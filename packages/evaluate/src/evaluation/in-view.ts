import type { PictureInView, Rectangle, Size } from "@limn/core";
import type { OpenedItem } from "../data/data-set.js";
import { seenObjects } from "./object-masks.js";
import type { EvaluationSettings } from "./settings.js";
import { type Subject, wantedTarget } from "./subject.js";

/**
 * What a measurer needs to know about a picture: the class to explain, and the objects as the model sees them.
 * @param index of the picture in the data
 * @param view the part of the picture that the model sees
 * @param size of the model's input
 */
export async function pictureInView(
  settings: Pick<EvaluationSettings, "target">,
  subject: Subject,
  index: number,
  { picture, objects }: OpenedItem,
  view: Rectangle,
  size: Size,
): Promise<PictureInView> {
  const { data, match } = subject;
  const target = wantedTarget(settings, subject, index);
  if (data.objects === "none") return { target, index, objects: undefined };
  const seen = await seenObjects(objects, [picture.height, picture.width], view, size);
  return {
    target,
    index,
    objects: seen.map(({ class: name, ...where }) => ({ classes: match.classesOf(name), ...where })),
  };
}
