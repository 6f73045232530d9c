import { useStudio } from "../store/studio.js";
import { fileSize } from "../words/numbers.js";

/** How far a model is that is being opened; it can be given up. */
export function Opening() {
  const opening = useStudio((studio) => studio.opening);
  const stop = useStudio((studio) => studio.stopOpening);
  if (!opening) return null;
  const { doing = "opening", done = 0, total = 0 } = opening.progress ?? {};
  // what is counted in thousands is bytes
  const far = total > 1000 ? `, ${fileSize(done)} of ${fileSize(total)}` : "";
  return (
    <div className="opening-model row">
      <p className="small">
        {opening.name}: {doing}
        {far}
      </p>
      <button type="button" className="button" onClick={stop}>
        Stop
      </button>
    </div>
  );
}
