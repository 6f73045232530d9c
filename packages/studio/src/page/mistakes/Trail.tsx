import { useMemo } from "react";
import { Icon } from "../parts/Icon.js";
import { useStudio } from "../store/studio.js";
import { picturesOf } from "./confusion.js";
import { className, groupName } from "./words.js";
import "./trail.css";

/** The way back from a picture to its group, and on to the next one. */
export default function Trail() {
  const evaluation = useStudio((studio) => studio.evaluation);
  const group = useStudio((studio) => studio.group);
  const visited = useStudio((studio) => studio.visited);
  const isBusy = useStudio((studio) => studio.visiting !== undefined);
  const { visit, show } = useStudio.getState();
  const pictures = useMemo(() => (evaluation ? picturesOf(evaluation.items, group) : []), [evaluation, group]);
  const at = pictures.findIndex(({ name }) => name === visited);
  const picture = pictures[at];
  if (!evaluation || !picture) return null;
  const { truth, predicted } = picture;
  const step = (by: number, name: string, icon: "left" | "right") => {
    const next = pictures[at + by];
    return (
      <button
        type="button"
        className="button quiet icon"
        aria-label={name}
        title={name}
        // stays in place while the next one is opened, and keeps the focus
        aria-disabled={isBusy || !next}
        onClick={() => next && void visit(next)}
      >
        <Icon name={icon} />
      </button>
    );
  };
  return (
    <nav className="trail" aria-label="Pictures of the group">
      <button type="button" className="button quiet" onClick={() => show("mistakes")}>
        <Icon name="left" /> {groupName(evaluation, group)}
      </button>
      {step(-1, "Previous picture", "left")}
      <span className="faint" aria-live="polite">
        {at + 1} of {pictures.length}
      </span>
      {step(1, "Next picture", "right")}
      {truth !== undefined && (
        <span className="trail-truth">
          {truth === predicted
            ? `labeled ${className(evaluation, truth)}, and recognized`
            : `labeled ${className(evaluation, truth)}, taken for ${className(evaluation, predicted)}`}
        </span>
      )}
    </nav>
  );
}
