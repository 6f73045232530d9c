import type { FiveNumbers } from "@limn/core";
import type { JSX } from "preact";

const WIDTH = 360;
const NAME = 130;
const ROW = 24;

/** Distributions of several methods, one below the other: lowest and highest value, quartiles, median. */
export function Boxes(props: {
  readonly title: string;
  /** What the axis spans at least; values beyond it widen it. */
  readonly range: readonly [number, number];
  readonly unit: string;
  readonly rows: readonly { readonly name: string; readonly numbers: FiveNumbers }[];
}): JSX.Element {
  const { title, range, unit, rows } = props;
  const low = Math.min(range[0], ...rows.map(({ numbers }) => numbers.lowest));
  const high = Math.max(range[1], ...rows.map(({ numbers }) => numbers.highest));
  const x = (value: number) => NAME + ((value - low) / (high - low)) * (WIDTH - NAME - 8);
  const bottom = rows.length * ROW + 4;
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${bottom + 18}`} role="img" aria-label={`${title} by method`}>
        <line class="axis-line" x1={NAME} x2={WIDTH - 8} y1={bottom} y2={bottom} />
        <text x={NAME} y={bottom + 13}>
          {atEnd(low)}
          {unit}
        </text>
        <text x={WIDTH - 8} y={bottom + 13} text-anchor="end">
          {atEnd(high)}
          {unit}
        </text>
        {rows.map(({ name, numbers }, i) => {
          const y = i * ROW + ROW / 2;
          const { lowest, lowerQuartile, median, upperQuartile, highest } = numbers;
          return (
            <g key={name}>
              <text class="name" x={0} y={y + 4}>
                {shortened(name)}
              </text>
              <line class="whisker" x1={x(lowest)} x2={x(highest)} y1={y} y2={y} />
              <rect
                class="box"
                x={x(lowerQuartile)}
                width={Math.max(0, x(upperQuartile) - x(lowerQuartile))}
                y={y - 6}
                height={12}
              />
              <line class="middle" x1={x(median)} x2={x(median)} y1={y - 6} y2={y + 6} />
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

/** A number at the end of an axis. */
const atEnd = (value: number): string => String(Number(value.toPrecision(3)));

const LONGEST_NAME = 22;

/** The start of a name tells the method, the end the stage. */
const shortened = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME / 2)}…${name.slice(1 - LONGEST_NAME / 2)}` : name;

/** Colors that can be told apart in print and by most who are color-blind (Okabe and Ito 2008). */
const COLORS = ["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f"];

const LEFT = 40;
const HEIGHT = 190;

/** Means along the depth of a network, with their intervals. */
export function Lines(props: {
  readonly title: string;
  readonly stages: readonly string[];
  readonly lines: readonly {
    readonly name: string;
    /** One per stage; undefined if there is none. */
    readonly points: readonly ({ readonly mean: number; readonly low: number; readonly high: number } | undefined)[];
  }[];
}): JSX.Element {
  const { title, stages, lines } = props;
  const values = lines.flatMap(({ points }) => points.flatMap((point) => (point ? [point.low, point.high] : [])));
  const [low, high] = [Math.min(0, ...values), Math.max(...values)];
  const x = (i: number) => LEFT + (stages.length > 1 ? (i / (stages.length - 1)) * (WIDTH - LEFT - 16) : 0);
  const y = (value: number) => 8 + (1 - (value - low) / (high - low || 1)) * (HEIGHT - 16);
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + 18 + lines.length * 15}`} role="img" aria-label={`${title} by depth`}>
        <line class="axis-line" x1={LEFT} x2={WIDTH - 16} y1={y(0)} y2={y(0)} />
        {[low, high].map((value) => (
          <text key={value} x={LEFT - 6} y={y(value) + 4} text-anchor="end">
            {value.toPrecision(2)}
          </text>
        ))}
        {stages.map((stage, i) => (
          <text
            key={stage}
            x={x(i)}
            y={HEIGHT + 12}
            text-anchor={i === 0 ? "start" : i === stages.length - 1 ? "end" : "middle"}
          >
            {stage}
          </text>
        ))}
        {lines.map(({ name, points }, k) => {
          const color = COLORS[k % COLORS.length] as string;
          const there = points.flatMap((point, i) => (point ? [{ ...point, i }] : []));
          return (
            <g key={name} stroke={color}>
              <polyline
                fill="none"
                stroke-width={2}
                points={there.map(({ mean, i }) => `${x(i)},${y(mean)}`).join(" ")}
              />
              {there.map(({ i, low: from, high: to }) => (
                <line key={i} x1={x(i)} x2={x(i)} y1={y(from)} y2={y(to)} />
              ))}
              <line x1={LEFT} x2={LEFT + 16} y1={HEIGHT + 24 + k * 15} y2={HEIGHT + 24 + k * 15} stroke-width={2} />
              <text stroke="none" class="name" x={LEFT + 22} y={HEIGHT + 28 + k * 15}>
                {name}
              </text>
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

/** A cell's background. @param share of the strongest color, 0 to 1 */
export const heat = (share: number): string =>
  `background: color-mix(in srgb, var(--heat) ${Math.round(70 * Math.min(1, Math.max(0, share)))}%, var(--panel))`;
