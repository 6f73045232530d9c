import { type Estimate, fiveNumbers, type MeasureName, measures } from "@limn/core";
import type { JSX } from "preact";
import { MEASURE_NAMES, reasonsInWords } from "../evaluation/document.js";
import { rankingInWords } from "../evaluation/ranking.js";
import { Boxes, heat } from "./charts.js";
import { digitsOf, type EvaluationContent, hasMeasure, mapsOf } from "./evaluation-content.js";
import { type Named, NamedTable, named } from "./named-table.js";

export function Summary(content: EvaluationContent): JSX.Element {
  const { methods, reasons, ranking, baselines } = content.document;
  const shown = MEASURE_NAMES.filter((name) => hasMeasure(content, name));
  return (
    <section>
      <h2>Summary</h2>
      <p>
        Means over pictures with their 95 % intervals; the best of each column is marked. If two intervals overlap, the
        methods may still differ: the pairs in evaluation.json compare them picture by picture.
        {baselines.length > 0 &&
          " The baseline is a map of random numbers: a measure by which a method is hardly better than it says little."}
      </p>
      {ranking && (
        <p>
          <b>{capitalized(rankingInWords(ranking))}.</b> The map was chosen on these pictures, so that its figure is a
          little high.
        </p>
      )}
      <NamedTable
        kind="measures"
        corner="method"
        columns={shown.map((name) => ({
          name,
          title: content.document.definitions[name],
          head: `${measures[name].title}${measures[name].unit === "%" ? " %" : ""} ${measures[name].better === "higher" ? "↑" : "↓"}`,
        }))}
        rows={rowsOf(content)}
        cell={({ name: method }, { name }) => (
          <Mean
            key={name}
            estimate={methods[method]?.[name] ?? null}
            isBest={bestOf(content, name) === method}
            digits={digitsOf(name)}
          />
        )}
      />
      {reasonsInWords(reasons).map((line) => (
        <p class="faint" key={line}>
          {line}.
        </p>
      ))}
    </section>
  );
}

function Mean(props: {
  readonly estimate: Estimate | null;
  readonly isBest: boolean;
  readonly digits: number;
}): JSX.Element {
  const { estimate, isBest, digits } = props;
  if (!estimate) return <td>–</td>;
  const { mean, low, high } = estimate;
  return (
    <td class={isBest ? "best" : undefined}>
      <b>
        {mean.toFixed(digits)}
        {isBest && " ●"}
      </b>
      <small>
        {low.toFixed(digits)} to {high.toFixed(digits)}
      </small>
    </td>
  );
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** All maps, those that are ranked in their order, baselines last. */
function rowsOf(content: EvaluationContent): Named[] {
  const { ranking, baselines } = content.document;
  const ranks = new Map(ranking?.order.map(({ name }, rank) => [name, rank]));
  const rankOf = (name: string) =>
    baselines.includes(name) ? Number.POSITIVE_INFINITY : (ranks.get(name) ?? ranks.size);
  return mapsOf(content)
    .toSorted((a, b) => rankOf(a) - rankOf(b) || 0)
    .map((name) => (baselines.includes(name) ? { name, head: `${name} (baseline)` } : { name }));
}

/** The best method by a measure; undefined if there is nothing to compare. */
function bestOf(content: EvaluationContent, name: MeasureName): string | undefined {
  const { methods, baselines } = content.document;
  const ranked = mapsOf(content).flatMap((method) => {
    const estimate = baselines.includes(method) ? null : methods[method]?.[name];
    return estimate ? [{ method, mean: estimate.mean }] : [];
  });
  if (ranked.length < 2) return undefined;
  const sign = measures[name].better === "higher" ? -1 : 1;
  return ranked.sort((a, b) => sign * (a.mean - b.mean))[0]?.method;
}

export function Wins(content: EvaluationContent): JSX.Element | null {
  const { wins } = content.document;
  const names = Object.keys(wins);
  if (names.length < 2) return null;
  return (
    <section>
      <h2>Win %</h2>
      <p>On how many pictures the row's method loses less of the class's probability than the column's method.</p>
      <NamedTable
        kind="heat"
        columns={named(names)}
        rows={named(names)}
        cell={({ name }, { name: other }) => {
          const rate = wins[name]?.[other];
          return (
            <td key={other} style={rate === undefined ? undefined : heat(rate / 100)}>
              {rate?.toFixed(1)}
            </td>
          );
        }}
      />
    </section>
  );
}

export function Distributions(content: EvaluationContent): JSX.Element | null {
  const shown = MEASURE_NAMES.filter(
    (name) => hasMeasure(content, name) && name !== "pointing" && name !== "increaseInConfidence",
  );
  if (shown.length === 0) return null;
  return (
    <section>
      <h2>Distributions</h2>
      <p>Each line goes from the lowest value to the highest; the box shows the quartiles and the median.</p>
      <div class="plots">
        {shown.map((name) => (
          <Boxes
            key={name}
            title={measures[name].title}
            range={measures[name].range}
            unit={measures[name].unit === "%" ? " %" : ""}
            rows={mapsOf(content).flatMap((method) => {
              const values = content.table.columns.get(method)?.get(name);
              return values?.some((v) => !Number.isNaN(v)) ? [{ name: method, numbers: fiveNumbers(values) }] : [];
            })}
          />
        ))}
      </div>
    </section>
  );
}
