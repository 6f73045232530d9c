import { type CSSProperties, type KeyboardEvent, useMemo, useRef, useState } from "react";
import type { Evaluation } from "../../engine/engine.js";
import { useStudio } from "../store/studio.js";
import { matrixOf } from "./confusion.js";
import { className } from "./words.js";

/** How many classes are compared at once: more can't be read. */
const MOST_CLASSES = 16;

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The confusion matrix: a cell shows its pictures, a class all that it is right and wrong about. */
export function MatrixTable({ evaluation }: { readonly evaluation: Evaluation }) {
  const group = useStudio((studio) => studio.group);
  const lookAt = useStudio((studio) => studio.lookAt);
  const { classes, all, counts } = useMemo(() => matrixOf(evaluation.items, MOST_CLASSES), [evaluation]);
  const table = useRef<HTMLTableElement>(null);
  /** The cell that keys are at: row, and column, where -1 is the class itself. */
  const [at, setAt] = useState<readonly [number, number]>(() => beginning(counts));
  const name = (target: number) => className(evaluation, target);
  const most = Math.max(1, ...counts.flatMap((row, i) => row.filter((_, j) => i !== j)));

  const onKey = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const row = Math.min(Math.max(at[0] + step[0], 0), classes.length - 1);
    const column = Math.min(Math.max(at[1] + step[1], -1), classes.length - 1);
    setAt([row, column]);
    table.current?.querySelector<HTMLElement>(`[data-cell="${row} ${column}"]`)?.focus();
  };
  const keys = (row: number, column: number) => ({
    "data-cell": `${row} ${column}`,
    tabIndex: at[0] === row && at[1] === column ? 0 : -1,
    onFocus: () => setAt([row, column]),
  });

  if (classes.length === 0) return <p className="faint">No picture has a label that the model knows.</p>;
  return (
    <div className="matrix">
      <table ref={table} onKeyDown={onKey} style={{ "--classes": classes.length } as CSSProperties}>
        <caption className="unseen">
          How many pictures of each class are taken for which class. Arrows go from cell to cell.
        </caption>
        <thead>
          <tr>
            <td className="matrix-axes">
              <span>taken for</span>
            </td>
            {classes.map((target) => (
              <th key={target} scope="col">
                <span>{name(target)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {classes.map((truth, i) => (
            <tr key={truth}>
              <th scope="row">
                <button
                  type="button"
                  className="matrix-class"
                  aria-pressed={group.kind === "class" && group.target === truth}
                  onClick={() => lookAt({ kind: "class", target: truth, outcome: "FN" })}
                  {...keys(i, -1)}
                >
                  {name(truth)}
                </button>
              </th>
              {classes.map((predicted, j) => {
                const count = counts[i]?.[j] ?? 0;
                const isChosen = group.kind === "cell" && group.truth === truth && group.predicted === predicted;
                const words = i === j ? `${name(truth)}, recognized` : `${name(truth)} taken for ${name(predicted)}`;
                return (
                  <td key={predicted}>
                    <button
                      type="button"
                      className="matrix-cell"
                      data-right={i === j || undefined}
                      data-none={count === 0 || undefined}
                      style={{ "--share": i === j ? 0 : count / most } as CSSProperties}
                      aria-pressed={isChosen}
                      aria-label={`${words}: ${count}`}
                      title={`${words}: ${count}`}
                      onClick={() => lookAt({ kind: "cell", truth, predicted })}
                      {...keys(i, j)}
                    >
                      {count > 0 ? count : "·"}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {all > classes.length && (
        <p className="faint small">
          The {classes.length} of {all} classes with most mistakes.
        </p>
      )}
    </div>
  );
}

/** Where keys begin: the most frequent mistake. */
function beginning(counts: readonly (readonly number[])[]): readonly [number, number] {
  let best: readonly [number, number] = [0, -1];
  let most = 0;
  counts.forEach((row, i) => {
    row.forEach((count, j) => {
      if (i === j || count <= most) return;
      most = count;
      best = [i, j];
    });
  });
  return best;
}
