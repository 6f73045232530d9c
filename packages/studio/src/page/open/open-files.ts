import type { Spot } from "../store/notices.js";
import { useStudio } from "../store/studio.js";
import { sortFiles } from "./sort-files.js";

/** More photos than that are looked at together, as a contact sheet. */
const MOST_ONE_BY_ONE = 6;

/**
 * Opens files that were dropped, pasted or chosen: a model with what belongs to it, photos, labels for the model that is open.
 * What is refused is said where it was dropped, and what was open before stays.
 * @param isOther whether the model is the second of two. Default: whether two are looked at
 */
export async function openFiles(
  files: readonly File[],
  spot?: Spot,
  isOther = useStudio.getState().view === "models",
): Promise<void> {
  const { model, photos, corrections } = sortFiles(files);
  const { openModel, openOther, openPhoto, correct, complain, say } = useStudio.getState();
  if (files.length === 0) say("note", "there was no file in it", spot);
  if (model.length > 0) {
    const origin = { kind: "files", files: model } as const;
    await (isOther ? openOther(origin, spot) : openModel(origin, {}, spot));
  }
  if (photos.length > MOST_ONE_BY_ONE || useStudio.getState().view === "sheet") {
    useStudio.getState().addToBatch(photos);
    useStudio.getState().show("sheet");
    return;
  }
  for (const photo of photos) {
    try {
      const bytes = new Uint8Array(await photo.arrayBuffer());
      await openPhoto({ kind: "file", file: { name: photo.name, bytes } }, spot);
    } catch (error) {
      complain(error, spot);
    }
  }
  if (corrections.length === 0) return;
  const companions = corrections.map(async (file) => ({
    name: file.name,
    bytes: new Uint8Array(await file.arrayBuffer()),
  }));
  await correct({ companions: await Promise.all(companions) }, spot);
}
