import type { Estimate } from "@limn/core";
import type { JSX } from "preact";

/** A figure with its interval. */
export interface IntervalRow {
  readonly name: string;
  readonly estimate: Estimate;
  /** The figure in words. */
  readonly figure: string;
  readonly interval: string;
  /** What is said about it; the tone is its color. */
  readonly stands: string;
  readonly tone: "first" | "same" | "noise" | "worse" | "good" | "bad" | "baseline";
  /** The side of a bound on which it should be. */
  readonly expected?: { readonly side: "above" | "below"; readonly bound: number };
}

/** Figures with their intervals one below the other, on a common axis. */
export function Intervals(props: {
  readonly caption: string;
  readonly corner: string;
  readonly rows: readonly IntervalRow[];
  /** What the axis reaches at least. */
  readonly range?: readonly [number, number] | undefined;
  /** A figure that all are compared with: a line through all rows. */
  readonly mark?: number | undefined;
  /** Writes the numbers at the ends of the axis. */
  readonly number: (value: number) => string;
}): JSX.Element {
  const { caption, corner, rows, range, mark, number } = props;
  const bounds = rows.flatMap(({ expected }) => (expected ? [expected.bound] : []));
  const values = [...rows.flatMap(({ estimate: { low, high } }) => [low, high]), ...(range ?? []), ...bounds];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const at = (value: number) => (100 * (value - low)) / (high - low || 1);
  const percent = (value: number) => `${Math.min(100, Math.max(0, at(value))).toFixed(2)}%`;
  return (
    <table class="intervals">
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{corner}</th>
          <th scope="col">mean</th>
          <th scope="col" class="plot">
            <div class="axis">
              <span>{number(low)}</span>
              <span>{number(high)}</span>
            </div>
          </th>
          <th scope="col" class="stands">
            verdict
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, estimate, figure, interval, stands, tone, expected }) => (
          <tr key={name} class={tone}>
            <th scope="row">{name}</th>
            <td>
              <b>{figure}</b> <small>{interval}</small>
            </td>
            <td class="plot">
              <div class="track" aria-hidden="true">
                {expected && (
                  <i
                    class="zone"
                    style={
                      expected.side === "above"
                        ? `left:${percent(expected.bound)};right:0`
                        : `left:0;width:${percent(expected.bound)}`
                    }
                  />
                )}
                {(expected || mark !== undefined) && (
                  <i class="mark" style={`left:${percent(expected?.bound ?? (mark as number))}`} />
                )}
                <i
                  class="span"
                  style={`left:${percent(estimate.low)};width:${at(estimate.high) - at(estimate.low)}%`}
                />
                <i class="dot" style={`left:${percent(estimate.mean)}`} />
              </div>
            </td>
            <td class="stands">{stands}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
