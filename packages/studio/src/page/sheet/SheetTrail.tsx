import { TrailBar } from "../gallery/TrailBar.js";
import type { SheetPhoto } from "../store/sheet.js";
import { useStudio } from "../store/studio.js";
import { useSheet } from "./use-sheet.js";

/** The way back from a photo to the sheet, and on to the next one. */
export default function SheetTrail() {
  const visited = useStudio((studio) => studio.sheetVisited);
  const isBusy = useStudio((studio) => studio.isVisitingSheet);
  const { visitSheet, show } = useStudio.getState();
  const photos = useSheet();
  const at = photos.findIndex(({ key }) => key === visited?.key);
  if (at < 0) return null;
  return (
    <TrailBar
      name="All photos"
      at={at}
      count={photos.length}
      isBusy={isBusy}
      onBack={() => show("sheet")}
      onGo={(place) => void visitSheet(photos[place] as SheetPhoto)}
    />
  );
}
