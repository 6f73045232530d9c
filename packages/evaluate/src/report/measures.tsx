import { type Estimate, type MeasureName, measures } from "@limn/core";
import type { JSX } from "preact";
import { listed, pInWords } from "../conclusion.js";
import { MEASURE_NAMES, reasonsInWords } from "../evaluation/document.js";
import {
  bestOf,
  figureOf,
  intervalOf,
  pairOf,
  type RankedMap,
  type Ranking,
  type Standing,
  standingOf,
} from "../evaluation/ranking.js";
import { heat } from "./charts.js";
import { decidingRanking, digitsOf, type EvaluationContent, hasMeasure, mapsOf } from "./evaluation-content.js";
import { Intervals } from "./intervals.js";
import { HeatKey, type Named, NamedTable, named, Scroll } from "./named-table.js";

const STANDS: Readonly<Record<Standing, string>> = {
  first: "highest mean",
  same: "the same",
  noise: "can't be told apart",
  worse: "worse",
};

/** All maps with their intervals, by the measure that decides. */
export function Evidence(content: EvaluationContent): JSX.Element | null {
  const ranking = decidingRanking(content);
  if (!ranking) return null;
  const { by, order } = ranking;
  const { title, better, range } = measures[by];
  const isBest = bestOf(ranking).length > 0;
  const chance = content.document.baselines.flatMap((name) => {
    const estimate = content.document.methods[name]?.[by];
    return estimate ? [{ name, estimate }] : [];
  });
  const words = (estimate: Estimate) => ({
    estimate,
    figure: figureOf(by, estimate.mean),
    interval: intervalOf(by, estimate),
  });
  const standing = ({ stands }: RankedMap) => {
    if (stands !== "first") return STANDS[stands];
    if (isBest) return "best";
    return better === "higher" ? "highest mean" : "lowest mean";
  };
  return (
    <Intervals
      caption={`${title} with 95 % intervals; ${better} is better.${chance.length > 0 ? " The dashed line is a random map." : ""}`}
      corner="map"
      range={range[0] === 0 ? [0, 0] : undefined}
      mark={chance[0]?.estimate.mean}
      number={(value) => figureOf(by, value)}
      rows={[
        ...order.map((map) => ({
          name: map.name,
          ...words(map.estimate),
          tone: map.stands,
          stands: `${standing(map)}${map.beatsRandom === false ? ", no better than random" : ""}`,
        })),
        ...chance.map(({ name, estimate }) => ({
          name,
          ...words(estimate),
          tone: "baseline" as const,
          stands: "baseline",
        })),
      ]}
    />
  );
}

/** The measures by what they ask: where the object is, or what the model goes by. */
const FAMILIES = [
  { title: "What the model goes by", needs: ["probability", "curves", "class-curves"] },
  { title: "Where the object is", needs: ["objects", "instances", "other-objects", "masks"] },
] as const;

/** The measures of each family that have values. */
const familiesOf = (content: EvaluationContent): { title: string; shown: MeasureName[] }[] =>
  FAMILIES.map(({ title, needs }) => ({
    title,
    shown: MEASURE_NAMES.filter(
      (name) => hasMeasure(content, name) && (needs as readonly string[]).includes(measures[name].needs),
    ),
  })).filter(({ shown }) => shown.length > 0);

/** Measure by measure, which map is best: other questions have other answers. */
export function Answers(content: EvaluationContent): JSX.Element | null {
  const { rankings, reasons } = content.document;
  const families = familiesOf(content).map(({ title, shown }) => ({
    title,
    rankings: shown.flatMap((name) => {
      const ranking = rankings[name];
      return ranking && ranking.order.length > 1 ? [ranking] : [];
    }),
  }));
  const missing = reasonsInWords(reasons);
  if (families.every((family) => family.rankings.length === 0) && missing.length === 0) return null;
  const caption = "Which map is best by each measure, in color where the paired test separates it from all others";
  return (
    <section>
      <h2>Other questions, other answers</h2>
      <Scroll label={caption}>
        <table class="words">
          <caption>{caption}</caption>
          <thead>
            <tr>
              <th scope="col">measure</th>
              <th scope="col">question</th>
              <th scope="col">best</th>
              <th scope="col">ahead of the next by</th>
              <th scope="col">p, corrected</th>
            </tr>
          </thead>
          {families.map((family) => (
            <tbody key={family.title}>
              <tr>
                <th class="group" scope="rowgroup" colspan={5}>
                  {family.title}
                </th>
              </tr>
              {family.rankings.map((ranking) => (
                <Answer key={ranking.by} ranking={ranking} definition={content.document.definitions[ranking.by]} />
              ))}
            </tbody>
          ))}
        </table>
      </Scroll>
      {missing.length > 0 && <p class="faint">Not measured: {missing.join("; ")}.</p>}
    </section>
  );
}

function Answer({ ranking, definition }: { readonly ranking: Ranking; readonly definition: string }): JSX.Element {
  const { by, order, lead } = ranking;
  const best = bestOf(ranking);
  const next = order.find(({ stands }) => stands === "worse");
  const paired = best.length > 0 && next ? lead[next.name] : undefined;
  const close = order.filter(({ stands }) => stands !== "worse").map(({ name }) => name);
  const { mean = 0, low = 0, high = 0 } = paired?.difference ?? {};
  const [from = 0, to = 0] = [low, high].map(Math.abs).sort((a, b) => a - b);
  return (
    <tr>
      <th scope="row" title={definition}>
        {measures[by].title}
      </th>
      <td>{measures[by].question}</td>
      {best.length > 0 ? (
        <td class="best">
          <b>{best.join(", ")}</b>
        </td>
      ) : (
        <td class="faint">none: {close.length === order.length ? "all differences are noise" : listed(close)}</td>
      )}
      <td>
        {paired && next && (
          <>
            {figureOf(by, Math.abs(mean))} <span class="faint">{intervalOf(by, { low: from, high: to })}</span>{" "}
            {next.name}
          </>
        )}
      </td>
      <td class="short">{paired && pInWords(paired.corrected)}</td>
    </tr>
  );
}

/** All means with their intervals. */
export function Measures(content: EvaluationContent): JSX.Element | null {
  const families = familiesOf(content);
  if (families.length === 0) return null;
  const rows = rowsOf(content);
  return (
    <section>
      <h2>All measures</h2>
      <p>
        Means over pictures with their 95 % intervals; arrows say which side is better. ● is the best of its column, and
        the paired test separates it from all others; ○ can't be told from the best mean, where others can.
        {content.document.baselines.length > 0 && " Figures in gray are no better than those of the random map."}
      </p>
      {families.map(({ title, shown }) => (
        <NamedTable
          key={title}
          kind="measures"
          caption={title}
          corner="map"
          columns={shown.map((name) => ({
            name,
            title: content.document.definitions[name],
            // spaces that do not break: no arrow stands alone
            head: `${measures[name].title}${measures[name].unit === "%" ? "\u00a0%" : ""}\u00a0${measures[name].better === "higher" ? "↑" : "↓"}`,
          }))}
          rows={rows}
          cell={({ name: map }, { name }) => <Mean key={name} {...{ content, map, name }} />}
        />
      ))}
    </section>
  );
}

function Mean(props: {
  readonly content: EvaluationContent;
  readonly map: string;
  readonly name: MeasureName;
}): JSX.Element {
  const { content, map, name } = props;
  const estimate = content.document.methods[map]?.[name];
  if (!estimate) return <td>–</td>;
  const { mean, low, high } = estimate;
  const digits = digitsOf(name);
  const ranking = content.document.rankings[name];
  const ranked = ranking?.order.find((one) => one.name === map);
  const isBest = ranking !== undefined && bestOf(ranking).includes(map);
  const isClose =
    ranked && !isBest && ranked.stands !== "worse" && ranking?.order.some(({ stands }) => stands === "worse");
  return (
    <td class={isBest ? "best" : ranked?.beatsRandom === false ? "faint" : undefined}>
      <b>
        {mean.toFixed(digits)}
        {isBest && " ●"}
        {isClose && " ○"}
      </b>
      <small>
        {low.toFixed(digits)} to {high.toFixed(digits)}
      </small>
    </td>
  );
}

/** All maps in the order of the measure that decides, baselines last. */
function rowsOf(content: EvaluationContent): Named[] {
  const { baselines } = content.document;
  const ranked = decidingRanking(content)?.order.map(({ name }) => name) ?? [];
  const others = mapsOf(content).filter((name) => !ranked.includes(name) && !baselines.includes(name));
  return [
    ...named([...ranked, ...others]),
    ...baselines.map((name) => ({ name, head: `${name} (baseline)`, class: "baseline" })),
  ];
}

/** How often each map wins over each other. */
export function Wins(content: EvaluationContent): JSX.Element | null {
  const { wins, pairs } = content.document;
  const names = Object.keys(wins);
  if (names.length < 2) return null;
  const isNoise = (name: string, other: string) => {
    const paired = pairOf(pairs, name, other, "averageDrop");
    return paired !== undefined && standingOf(paired, "averageDrop") !== "worse";
  };
  return (
    <section>
      <h2>Win %</h2>
      <NamedTable
        kind="heat"
        caption="On how many pictures the row's map loses less of the class's probability than the column's; ≈ where the paired test does not tell their drops apart"
        corner="map"
        columns={named(names)}
        rows={named(names)}
        cell={({ name }, { name: other }) => {
          const rate = wins[name]?.[other];
          return (
            <td
              key={other}
              class={rate !== undefined && isNoise(name, other) ? "noise" : undefined}
              style={rate === undefined || isNoise(name, other) ? undefined : heat(rate / 100)}
            >
              {rate?.toFixed(1)}
            </td>
          );
        }}
      />
      <HeatKey low="0 %" high="100 %" />
    </section>
  );
}
