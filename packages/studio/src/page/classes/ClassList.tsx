import { type KeyboardEvent, lazy, Suspense, useEffect, useMemo, useState } from "react";
import { Icon } from "../parts/Icon.js";
import { patiently } from "../parts/patiently.js";
import type { StudioModel } from "../store/model.js";
import { labelOf, shownTarget } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { certaintyOf } from "../words/certainty.js";
import { matching } from "./matching.js";
import "./classes.css";

const RowsInSight = lazy(patiently(() => import("./RowsInSight.js")));

/** The height of a row, in pixels. */
const ROW = 46;

/** Less than that is not marked next to its bar, which would be hidden. */
const LEAST = 0.02;

/** More classes than that can be searched, and only those in sight are drawn. */
const FEW = 20;

/** The classes with their probabilities. Pointing at one, or going to it by arrows, shows its map. */
export function ClassList() {
  const model = useStudio((studio) => studio.model);
  const classification = useStudio((studio) => studio.classification);
  const hidden = useStudio((studio) => studio.hidden);
  const [query, setQuery] = useState("");
  const list = useMemo(
    () => (model && classification ? matching(classification.ranked, query, (target) => labelOf(model, target)) : []),
    [model, classification, query],
  );
  const isNew = useStudio(({ pins, chosen }) => pins.length === 0 && chosen === undefined);
  return (
    <aside className="classes" aria-label="Classes">
      {model && model.classes > FEW && (
        <label className="class-search">
          <span className="unseen">Search classes</span>
          <Icon name="search" />
          <input
            className="input"
            type="search"
            placeholder={`Search ${model.classes} classes`}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        </label>
      )}
      {model && classification && (
        <Rows
          model={model}
          list={list}
          probabilities={hidden?.probabilities ?? classification.probabilities}
          whole={hidden && classification.probabilities}
        />
      )}
      {model && classification && isNew && (
        <p className="faint small class-hint">Choose a class for its map, pin to compare.</p>
      )}
      {list.length === 0 && query !== "" && <p className="faint small">No class is called that.</p>}
    </aside>
  );
}

interface RowsProps {
  readonly model: StudioModel;
  readonly list: readonly number[];
  readonly probabilities: Float32Array;
  /** What the model says of the whole photo, if a part of it is hidden now. */
  readonly whole: Float32Array | undefined;
}

function Rows({ model, list, probabilities, whole }: RowsProps) {
  // as state: rows in sight are only known once it is there, which is after their first turn
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const shown = useStudio(shownTarget);
  const pins = useStudio((studio) => studio.pins);
  const isAsking = useStudio((studio) => studio.isAsking);
  const { choose, peek, pin, unpin } = useStudio.getState();
  /** The row that keys are at: one for the whole list. */
  const current = Math.max(0, shown === undefined ? 0 : list.indexOf(shown));
  const [focused, setFocused] = useState<number>();

  useEffect(() => {
    if (focused === undefined) return;
    scroller?.querySelector<HTMLElement>(`[data-row="${focused}"]`)?.focus();
  }, [focused, scroller]);

  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 10,
      PageUp: -10,
      Home: -list.length,
      End: list.length,
    };
    const step = steps[event.key];
    const target = list[current];
    if (event.key === "p" && target !== undefined) {
      if (pins.includes(target)) unpin(target);
      else pin(target);
    } else if (step !== undefined) {
      const next = Math.min(Math.max(current + step, 0), list.length - 1);
      choose(list[next]);
      setFocused(next);
    } else return;
    event.preventDefault();
  };

  const row = (index: number) => {
    const target = list[index] as number;
    const name = labelOf(model, target);
    const probability = probabilities[target] as number;
    const isPinned = pins.includes(target);
    return (
      <li
        key={target}
        className="class-row"
        data-shown={target === shown || undefined}
        style={{ translate: `0 ${index * ROW}px` }}
      >
        <button
          type="button"
          className="class-name"
          data-row={index}
          tabIndex={index === current ? 0 : -1}
          aria-pressed={target === shown}
          aria-keyshortcuts="p"
          onPointerEnter={(event) => event.pointerType === "mouse" && peek(target)}
          onClick={() => {
            choose(target);
            setFocused(undefined);
          }}
        >
          <span className="class-label">{name}</span>
          <span className="class-number">{certaintyOf(model, probability)}</span>
          <span className="class-bar" style={{ scale: `${Math.min(Math.max(probability, 0), 1)} 1` }} />
          {whole && (whole[target] as number) > LEAST && (
            <span className="class-whole" style={{ left: `${100 * (whole[target] as number)}%` }} />
          )}
        </button>
        <button
          type="button"
          className="class-pin"
          aria-pressed={isPinned}
          aria-label={`Compare ${name}`}
          title={isPinned ? "Compared" : "Compare with the chosen class"}
          tabIndex={index === current ? 0 : -1}
          onClick={() => (isPinned ? unpin(target) : pin(target))}
        >
          <Icon name="pin" />
        </button>
      </li>
    );
  };

  const first = list.slice(0, FEW).map((_, index) => row(index));
  return (
    <div
      ref={setScroller}
      className="class-rows"
      data-stale={isAsking || undefined}
      onPointerLeave={() => peek(undefined)}
    >
      <ul style={{ height: list.length * ROW }} onKeyDown={onKey}>
        {list.length <= FEW ? (
          first
        ) : (
          <Suspense fallback={first}>
            <RowsInSight count={list.length} height={ROW} scroller={scroller} current={current}>
              {row}
            </RowsInSight>
          </Suspense>
        )}
      </ul>
    </div>
  );
}
