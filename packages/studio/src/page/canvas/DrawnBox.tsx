import { useStudio } from "../store/studio.js";

/** The box that the person drew around what the map should show, in the photo's pixels. */
export function DrawnBox() {
  const box = useStudio((studio) => studio.box);
  return box && <rect className="drawn-box" {...box} />;
}
