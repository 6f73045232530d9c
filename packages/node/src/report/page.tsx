import { type Estimate, fiveNumbers, type MeasureName, measures } from "@limn/core";
import type { JSX } from "preact";
import { type EvaluationDocument, MEASURE_NAMES } from "../document.js";
import type { ResultTable } from "../table.js";
import { Boxes, heat, Lines } from "./charts.js";
import type { Choice, ClassChoices } from "./choose.js";
import type { ShownItem } from "./gallery.js";
import { SCRIPT, STYLE } from "./style.js";

/** All that a report shows. */
export interface ReportContent {
  readonly document: EvaluationDocument;
  readonly table: ResultTable;
  readonly labels: readonly string[] | undefined;
  readonly classes: readonly ClassChoices[];
  /** By map. */
  readonly extremes: Readonly<Record<string, readonly Choice[]>>;
  readonly shown: ReadonlyMap<number, ShownItem>;
  /** Files beside the report that hold every row. */
  readonly files: readonly string[];
}

/** The whole page: it needs no network, and nothing beside it but the files that it links to. */
export function ReportPage(content: ReportContent): JSX.Element {
  const { document } = content;
  const { model, data, measured, accuracy, interrupted } = document;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content={`limn ${document.limn}`} />
        <title>{`${model.name} on ${data.title}`}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <main>
          <h1>{model.name}</h1>
          <p class="faint">
            {data.title}: {measured} pictures
            {accuracy.labeled > 0 &&
              `, ${((100 * accuracy.correct) / accuracy.labeled).toFixed(1)} % classified as labeled`}
            {interrupted && ` (interrupted: ${data.items - measured} are still to be measured)`}
          </p>
          <Summary {...content} />
          <Wins {...content} />
          <Distributions {...content} />
          <Depth {...content} />
          <Confusion {...content} />
          <Cases {...content} />
          <Computed {...content} />
        </main>
        <script dangerouslySetInnerHTML={{ __html: SCRIPT }} />
      </body>
    </html>
  );
}

const namesOf = ({ document }: ReportContent): string[] => Object.keys(document.methods);

const hasMeasure = ({ document }: ReportContent, name: MeasureName): boolean =>
  Object.values(document.methods).some((of) => of[name]);

const digitsOf = (name: MeasureName): number => (measures[name].unit === "%" ? 1 : 3);

function Summary(content: ReportContent): JSX.Element {
  const { methods, reasons } = content.document;
  const shown = MEASURE_NAMES.filter((name) => hasMeasure(content, name));
  return (
    <section>
      <h2>Summary</h2>
      <p>
        Means over pictures with their 95 % intervals; the best of each column is marked. Intervals that overlap don't
        tell two methods apart: the pairs in evaluation.json do.
      </p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">method</th>
              {shown.map((name) => (
                <th scope="col" key={name} title={content.document.definitions[name]}>
                  {measures[name].title} {measures[name].better === "higher" ? "↑" : "↓"}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {namesOf(content).map((method) => (
              <tr key={method}>
                <th scope="row">{method}</th>
                {shown.map((name) => (
                  <Mean
                    key={name}
                    estimate={methods[method]?.[name] ?? null}
                    isBest={bestOf(content, name) === method}
                    digits={digitsOf(name)}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {Object.entries(reasons).map(([name, reason]) => (
        <p class="faint" key={name}>
          {measures[name as MeasureName].title}: {reason}.
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

/** None where there is nothing to compare. */
function bestOf(content: ReportContent, name: MeasureName): string | undefined {
  const ranked = namesOf(content).flatMap((method) => {
    const estimate = content.document.methods[method]?.[name];
    return estimate ? [{ method, mean: estimate.mean }] : [];
  });
  if (ranked.length < 2) return undefined;
  const sign = measures[name].better === "higher" ? -1 : 1;
  return ranked.sort((a, b) => sign * (a.mean - b.mean))[0]?.method;
}

function Wins(content: ReportContent): JSX.Element | null {
  const names = namesOf(content);
  if (names.length < 2) return null;
  const { wins } = content.document;
  return (
    <section>
      <h2>Win %</h2>
      <p>On how many pictures the method of the row loses less of the class's probability than that of the column.</p>
      <div class="scroll">
        <table class="heat">
          <thead>
            <tr>
              <th />
              {names.map((name) => (
                <th scope="col" key={name} title={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {names.map((other) => {
                  const rate = wins[name]?.[other];
                  return (
                    <td key={other} style={rate === undefined ? undefined : heat(rate / 100)}>
                      {rate?.toFixed(1)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Distributions(content: ReportContent): JSX.Element | null {
  const shown = MEASURE_NAMES.filter(
    (name) => hasMeasure(content, name) && name !== "pointing" && name !== "increaseInConfidence",
  );
  if (shown.length === 0) return null;
  return (
    <section>
      <h2>Distributions</h2>
      <p>From the lowest value to the highest, quartiles and median.</p>
      <div class="plots">
        {shown.map((name) => (
          <Boxes
            key={name}
            title={measures[name].title}
            range={measures[name].range}
            unit={measures[name].unit === "%" ? " %" : ""}
            rows={namesOf(content).flatMap((method) => {
              const values = content.table.columns.get(method)?.get(name);
              return values?.some((v) => !Number.isNaN(v)) ? [{ name: method, numbers: fiveNumbers(values) }] : [];
            })}
          />
        ))}
      </div>
    </section>
  );
}

/** Maps that were made at several stages are called `method/stage`. */
function Depth(content: ReportContent): JSX.Element | null {
  const { methods, shattering } = content.document;
  const placed = namesOf(content).flatMap((name) => {
    const at = name.lastIndexOf("/");
    return at < 0 ? [] : [{ name, method: name.slice(0, at), stage: name.slice(at + 1) }];
  });
  const stages = [...new Set(placed.map(({ stage }) => stage))];
  const lines = [...new Set(placed.map(({ method }) => method))];
  const measured = MEASURE_NAMES.filter((name) => stages.length > 1 && hasMeasure(content, name));
  if (measured.length === 0 && !shattering) return null;
  return (
    <section>
      <h2>Depth</h2>
      <div class="plots">
        {measured.map((measure) => (
          <Lines
            key={measure}
            title={measures[measure].title}
            stages={stages}
            lines={lines.map((name) => ({
              name,
              points: stages.map((stage) => methods[`${name}/${stage}`]?.[measure] ?? undefined),
            }))}
          />
        ))}
        {shattering && (
          <Lines
            title="Gradient shattering: correlation of neighboring gradients"
            stages={Object.keys(shattering)}
            lines={[{ name: "gradient of the explained class", points: Object.values(shattering) }]}
          />
        )}
      </div>
    </section>
  );
}

const anchorOf = (index: number): string => `class-${index}`;

/** Rows and columns of a matrix that can still be read. */
const MOST_IN_MATRIX = 30;

function Confusion(content: ReportContent): JSX.Element | null {
  const { classes, table } = content;
  if (classes.length === 0) return null;
  const indices = classes
    .map((one) => one.class)
    .slice(0, MOST_IN_MATRIX)
    .sort((a, b) => a - b);
  const counts = new Map<string, number>();
  const labeled = new Map<number, number>();
  for (const { labels, predicted } of table.items) {
    const [label] = labels.includes(predicted) ? [predicted] : labels;
    if (label === undefined) continue;
    counts.set(`${label} ${predicted}`, (counts.get(`${label} ${predicted}`) ?? 0) + 1);
    labeled.set(label, (labeled.get(label) ?? 0) + 1);
  }
  return (
    <section>
      <h2>Confusion</h2>
      <p>
        Rows are labels, columns predictions, shaded by the share of the row. Each label opens its pictures below: what
        did the model look at where it was wrong?
      </p>
      <div class="scroll">
        <table class="heat">
          <thead>
            <tr>
              <th />
              {indices.map((index) => (
                <th scope="col" key={index} title={nameOf(content, index)}>
                  {nameOf(content, index)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {indices.map((label) => (
              <tr key={label}>
                <th scope="row">
                  <a href={`#${anchorOf(label)}`}>{nameOf(content, label)}</a>
                </th>
                {indices.map((predicted) => {
                  const count = counts.get(`${label} ${predicted}`) ?? 0;
                  return (
                    <td key={predicted} style={heat(count / (labeled.get(label) ?? 1))}>
                      {count > 0 && <a href={`#${anchorOf(label)}`}>{count}</a>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {classes.map((one) => (
        <details id={anchorOf(one.class)} key={one.class}>
          <summary>
            <b>{nameOf(content, one.class)}</b>
            <span class="counts">
              {one.truePositives} true positives, {one.falsePositives} false positives, {one.falseNegatives} false
              negatives, {one.trueNegatives} true negatives
            </span>
          </summary>
          {one.galleries.map((choice) => (
            <Gallery key={choice.title} choice={choice} content={content} />
          ))}
        </details>
      ))}
    </section>
  );
}

const nameOf = ({ labels }: ReportContent, index: number): string => labels?.[index] ?? `class ${index}`;

function Gallery(props: {
  readonly choice: Choice;
  readonly content: ReportContent;
  readonly map?: string;
}): JSX.Element {
  const { choice, content, map } = props;
  return (
    <div>
      <h3>
        {choice.title} <span class="faint">{choice.note}</span>
      </h3>
      <div class="gallery">
        {choice.rows.map((row) => (
          <Shown key={row} row={row} content={content} map={map} />
        ))}
      </div>
    </div>
  );
}

function Shown(props: {
  readonly row: number;
  readonly content: ReportContent;
  readonly map: string | undefined;
}): JSX.Element | null {
  const { row, content } = props;
  const item = content.table.items[row];
  const shown = item && content.shown.get(item.index);
  if (!item || !shown) return null;
  const map = props.map ?? Object.keys(shown.maps)[0];
  const url = map === undefined ? undefined : shown.maps[map];
  const { labels, predicted, target, confidence, probability, id } = item;
  return (
    <figure class="shown">
      <div class="pair">
        <img src={shown.picture} alt={id} loading="lazy" />
        {url && <img src={url} alt={`${map} for ${nameOf(content, target)}`} loading="lazy" />}
      </div>
      <figcaption>
        {labels.length > 0 && `${labels.map((label) => nameOf(content, label)).join(" or ")} · `}
        says {nameOf(content, predicted)}, {(100 * confidence).toFixed(0)} %
        {target !== predicted && `; explained: ${nameOf(content, target)}, ${(100 * probability).toFixed(0)} %`}
        <br />
        {id}
        {map && ` · ${map}`}
      </figcaption>
    </figure>
  );
}

function Cases(content: ReportContent): JSX.Element | null {
  const all = Object.entries(content.extremes).filter(([, choices]) => choices.length > 0);
  if (all.length === 0) return null;
  return (
    <section>
      <h2>Worst and best maps</h2>
      {all.map(([map, choices]) => (
        <details key={map}>
          <summary>
            <b>{map}</b>
          </summary>
          {choices.map((choice) => (
            <Gallery key={choice.title} choice={choice} content={content} map={map} />
          ))}
        </details>
      ))}
    </section>
  );
}

function Computed({ document, files }: ReportContent): JSX.Element {
  const { definitions, statistics, model, data, settings, failed, warnings } = document;
  return (
    <section>
      <h2>How it was computed</h2>
      <dl>
        {MEASURE_NAMES.map((name) => (
          <>
            <dt>{measures[name].title}</dt>
            <dd>
              {definitions[name]} <span class="faint">({measures[name].source})</span>
            </dd>
          </>
        ))}
        <dt>Statistics</dt>
        <dd>{statistics}</dd>
        <dt>Model</dt>
        <dd>
          {model.name}, {model.classes} classes, SHA-256 <code>{model.sha256}</code>
        </dd>
        <dt>Data</dt>
        <dd>
          {data.title}, {data.items} pictures, objects: {data.objects}, SHA-256 <code>{data.sha256}</code>
        </dd>
        <dt>Settings</dt>
        <dd>
          <code>{JSON.stringify(settings)}</code>
        </dd>
        <dt>Version</dt>
        <dd>limn {document.limn}</dd>
        <dt>Every row</dt>
        <dd>
          {files.map((file, i) => (
            <>
              {i > 0 && ", "}
              <a href={file}>{file}</a>
            </>
          ))}
        </dd>
      </dl>
      {warnings.length > 0 && (
        <>
          <h3>Warnings</h3>
          <ul>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </>
      )}
      {failed.length > 0 && (
        <details>
          <summary>{failed.length} pictures could not be used</summary>
          <ul>
            {failed.slice(0, MOST_FAILED).map(({ id, error }) => (
              <li key={id}>
                {id}: {error}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** The rest of them are in evaluation.json. */
const MOST_FAILED = 200;
