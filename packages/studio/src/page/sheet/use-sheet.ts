import { useMemo } from "react";
import type { SheetPhoto } from "../store/sheet.js";
import { sheetPhotos } from "../store/sheet.js";
import { useStudio } from "../store/studio.js";
import { inOrder } from "./in-order.js";

/** The photos of the sheet in its order. */
export function useSheet(): readonly SheetPhoto[] {
  const photos = useStudio((studio) => studio.photos);
  const batch = useStudio((studio) => studio.batch);
  const sheetVisited = useStudio((studio) => studio.sheetVisited);
  const glances = useStudio((studio) => studio.glances);
  const order = useStudio((studio) => studio.sheetOrder);
  return useMemo(
    () => inOrder(sheetPhotos({ photos, batch, sheetVisited }), glances, order),
    [photos, batch, sheetVisited, glances, order],
  );
}
