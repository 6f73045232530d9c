import type { Spot } from "../store/notices.js";
import { sourceOfFile } from "../store/sheet.js";
import { useStudio } from "../store/studio.js";
import { sortFiles } from "./sort-files.js";

/** More photos than that are looked at together, as a contact sheet. */
const MOST_ONE_BY_ONE = 6;

/**
 * Opens files that were dropped, pasted or chosen: a model with what belongs to it, photos, labels for the model that is open, a
 * folder of results and its pictures.
 * What is refused is said where it was dropped, and what was open before stays.
 * @param isOther whether the model is the second of two. Default: whether two are looked at
 */
export async function openFiles(
  files: readonly File[],
  spot?: Spot,
  isOther = useStudio.getState().view === "models",
): Promise<void> {
  const { results, model, photos, corrections } = sortFiles(files);
  const { view, written, openModel, openOther, correct, openResults, givePictures, say, tryAgain } =
    useStudio.getState();
  tryAgain();
  if (files.length === 0) say("note", "there was no file in it", spot);
  if (model.length > 0) {
    const origin = { kind: "files", files: model } as const;
    await (isOther ? openOther(origin, spot) : openModel(origin, {}, spot));
  }
  if (results.length > 0) await openResults(results, spot);
  if (photos.length > 0 && (results.length > 0 || (written && view === "mistakes"))) await givePictures(photos);
  else await openPhotos(photos, spot);
  if (corrections.length === 0) return;
  const companions = corrections.map(async (file) => ({
    name: file.name,
    bytes: new Uint8Array(await file.arrayBuffer()),
  }));
  await correct({ companions: await Promise.all(companions) }, spot);
}

/** Puts photos on the table one by one, or many of them together on the contact sheet. */
async function openPhotos(photos: readonly File[], spot: Spot | undefined): Promise<void> {
  const { view, openPhoto, addToBatch, show, complain } = useStudio.getState();
  if (photos.length > MOST_ONE_BY_ONE || (view === "sheet" && photos.length > 0)) {
    addToBatch(photos);
    return show("sheet");
  }
  for (const photo of photos) {
    try {
      await openPhoto(await sourceOfFile(photo), spot);
    } catch (error) {
      complain(error, spot);
    }
  }
}
