import { useMemo } from "react";
import type { Evaluation } from "../../engine/engine.js";
import { useStudio } from "../store/studio.js";
import { OUTCOMES, outcomesOf } from "./confusion.js";
import { className, groupName, OUTCOME_NAMES } from "./words.js";

/** Which pictures are shown, and the other outcomes of the same class. */
export function GroupBar({ evaluation, count }: { readonly evaluation: Evaluation; readonly count: number }) {
  const group = useStudio((studio) => studio.group);
  const lookAt = useStudio((studio) => studio.lookAt);
  const target = group.kind === "class" ? group.target : group.kind === "cell" ? group.truth : undefined;
  const counts = useMemo(
    () => (target === undefined ? undefined : outcomesOf(evaluation.items, target)),
    [evaluation, target],
  );
  return (
    <header className="group-bar">
      <h2 aria-live="polite">
        {groupName(evaluation, group)} <span className="faint">{count}</span>
      </h2>
      {target !== undefined && (
        <fieldset className="row" aria-label="Which pictures">
          <button type="button" className="chip" onClick={() => lookAt({ kind: "mistakes" })}>
            All mistakes
          </button>
          {counts &&
            OUTCOMES.map((outcome) => {
              const words = `${OUTCOME_NAMES[outcome]} of ${className(evaluation, target)}`;
              return (
                <button
                  key={outcome}
                  type="button"
                  className="chip"
                  aria-pressed={group.kind === "class" && group.outcome === outcome}
                  aria-label={`${outcome}, ${words}: ${counts[outcome]}`}
                  title={words}
                  onClick={() => lookAt({ kind: "class", target, outcome })}
                >
                  {outcome} {counts[outcome]}
                </button>
              );
            })}
        </fieldset>
      )}
    </header>
  );
}
