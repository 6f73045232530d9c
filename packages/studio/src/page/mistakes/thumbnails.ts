import { useEffect, useState } from "react";
import { painter } from "../paint/painter.js";
import { squareOf } from "../photos/square-of.js";
import { engineOf, letGo } from "../store/session.js";
import { useStudio } from "../store/studio.js";
import { MadeAsSeen } from "./made-as-seen.js";

/** In pixels. */
export const THUMBNAIL = 192;

/** Pictures that were opened for their thumbnails alone, and are to be closed again. */
let opened: string[] = [];

/** Small squares of the pictures of evaluations, by their names. */
const thumbnails = new MadeAsSeen<ImageBitmap>({
  async make(name) {
    const { sourceOfEvaluated, ...studio } = useStudio.getState();
    const { handle, picture } = await engineOf(studio).openPicture(await sourceOfEvaluated(name));
    opened.push(handle);
    try {
      const square = await squareOf({ handle, picture }, THUMBNAIL);
      if (!square) throw new Error(`${name} was closed while its thumbnail was made`);
      return square;
    } finally {
      closeOpened();
    }
  },
  free: (bitmap) => bitmap.close(),
  kept: 400,
  atOnce: 3,
});

/** Closes what nobody else has open. While a photo is opened, it may be one of them: then later. */
function closeOpened(): void {
  const { engine, photos, openingPhotos } = useStudio.getState();
  if (!engine || openingPhotos > 0) return;
  for (const handle of opened) {
    if (photos.some((photo) => photo.handle === handle)) continue;
    painter.forget(handle);
    letGo(engine, handle);
  }
  opened = [];
}

/** A picture's thumbnail, as long as the component is there; "failed" if its file can't be read. */
export function useThumbnail(name: string): ImageBitmap | "failed" | undefined {
  const [thumbnail, setThumbnail] = useState<ImageBitmap | "failed" | undefined>(() => thumbnails.peek(name));
  // what could not be read may be there now
  const findPicture = useStudio((studio) => studio.findPicture);
  useEffect(() => thumbnails.see(name, (made) => setThumbnail(made ?? "failed")), [name, findPicture]);
  return thumbnail;
}
