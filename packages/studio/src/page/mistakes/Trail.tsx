import { useMemo } from "react";
import type { EvaluatedPicture } from "../../engine/engine.js";
import { TrailBar } from "../gallery/TrailBar.js";
import { useStudio } from "../store/studio.js";
import { picturesOf } from "./confusion.js";
import { className, groupName } from "./words.js";

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
  return (
    <TrailBar
      name={groupName(evaluation, group)}
      at={at}
      count={pictures.length}
      isBusy={isBusy}
      onBack={() => show("mistakes")}
      onGo={(place) => void visit(pictures[place] as EvaluatedPicture)}
    >
      {truth !== undefined && (
        <span className="trail-truth">
          {truth === predicted
            ? `labeled ${className(evaluation, truth)}, and recognized`
            : `labeled ${className(evaluation, truth)}, taken for ${className(evaluation, predicted)}`}
        </span>
      )}
    </TrailBar>
  );
}
