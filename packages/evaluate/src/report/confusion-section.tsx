import type { JSX } from "preact";
import { type Confusion, cellsOf, frequentMistakes } from "../evaluation/confusion.js";
import { heat } from "./charts.js";
import type { ClassChoices } from "./class-choices.js";
import { HeatKey, NamedTable, named } from "./named-table.js";
import { nameOf, type PicturesContent } from "./pictures.js";

export interface MatrixContent extends PicturesContent {
  readonly confusion: Confusion;
  /** The classes whose pictures are shown. */
  readonly classes: readonly ClassChoices[];
}

/** The most classes whose matrix can be read, and how many mistakes are listed if there are more classes. */
const MOST_IN_MATRIX = 30;
const MOST_LISTED = 20;

export const anchorOf = (index: number): string => `class-${index}`;

const wrongOf = (confusion: Confusion, position: number): number =>
  confusion.oneVersusRest[position]?.falseNegatives ?? 0;

/** Which classes are taken for which: the rows of labels with mistakes; the others are folded away. */
export function Matrix(content: MatrixContent): JSX.Element {
  const { confusion } = content;
  const size = confusion.classes.length;
  const all = [...confusion.classes.keys()];
  const wrong = all.filter((position) => wrongOf(confusion, position) > 0);
  const rows = wrong.length <= MOST_IN_MATRIX ? wrong : worst(confusion, wrong);
  const countOf = (label: number, predicted: number) => confusion.matrix.counts[label * size + predicted] as number;
  const columns = all.filter(
    (predicted) => rows.includes(predicted) || rows.some((label) => countOf(label, predicted)),
  );
  return (
    <>
      {rows.length > 0 && (
        <MistakeTable
          {...{ content, rows, countOf }}
          columns={columns.length <= MOST_IN_MATRIX + rows.length ? columns : rows}
          wrong={wrong.length}
        />
      )}
      {wrong.length > rows.length && <Mistakes {...content} />}
      <Faultless content={content} positions={all.filter((position) => wrongOf(confusion, position) === 0)} />
    </>
  );
}

function MistakeTable(props: {
  readonly content: MatrixContent;
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly countOf: (label: number, predicted: number) => number;
  /** How many classes have mistakes. */
  readonly wrong: number;
}): JSX.Element {
  const { content, rows, columns, countOf, wrong } = props;
  const { confusion, classes } = content;
  const withPictures = new Set(classes.map((one) => one.class));
  const indexAt = (position: number) => confusion.classes[position] as number;
  const nameAt = (position: number) => nameOf(content, indexAt(position));
  const linked = (position: number, text: string) =>
    withPictures.has(indexAt(position)) ? <a href={`#${anchorOf(indexAt(position))}`}>{text}</a> : text;
  const some =
    rows.length < wrong
      ? `The ${rows.length} of ${wrong} classes with the most mistakes`
      : `The ${wrong === 1 ? "class" : `${wrong} classes`} with mistakes`;
  return (
    <>
      <NamedTable
        kind="heat"
        caption={`${some}: rows are labels, columns predictions`}
        corner="label"
        columns={columns.map((position) => ({ name: nameAt(position), position }))}
        rows={rows.map((position) => ({ name: nameAt(position), position, head: linked(position, nameAt(position)) }))}
        cell={({ position: label }, { position: predicted }) => {
          const { truePositives = 0, falseNegatives = 0 } = confusion.oneVersusRest[label] ?? {};
          const count = countOf(label, predicted);
          return (
            <td key={predicted} style={heat(count / (truePositives + falseNegatives || 1))}>
              {count > 0 && linked(label, String(count))}
            </td>
          );
        }}
      />
      <HeatKey low="none" high="all pictures of the row" />
    </>
  );
}

/** The positions of the classes with the most mistakes, rising. */
const worst = (confusion: Confusion, positions: readonly number[]): number[] =>
  positions
    .toSorted((a, b) => wrongOf(confusion, b) - wrongOf(confusion, a) || a - b)
    .slice(0, MOST_IN_MATRIX)
    .sort((a, b) => a - b);

function Faultless(props: {
  readonly content: MatrixContent;
  readonly positions: readonly number[];
}): JSX.Element | null {
  const { content, positions } = props;
  const { confusion } = content;
  const labeled = positions.filter((position) => (confusion.oneVersusRest[position]?.truePositives ?? 0) > 0);
  if (labeled.length === 0) return null;
  return (
    <details>
      <summary>{labeled.length === 1 ? "1 class" : `${labeled.length} classes`} without a mistake</summary>
      <p>
        {labeled
          .map((position) => {
            const count = confusion.oneVersusRest[position]?.truePositives;
            return `${nameOf(content, confusion.classes[position] as number)} (${count})`;
          })
          .join(", ")}
      </p>
    </details>
  );
}

function Mistakes(content: MatrixContent): JSX.Element {
  const mistakes = frequentMistakes(cellsOf(content.confusion)).slice(0, MOST_LISTED);
  return (
    <NamedTable
      kind="words"
      caption="The most frequent mistakes"
      corner="label"
      columns={named(["taken for", "pictures"])}
      rows={mistakes.map((cell) => ({
        ...cell,
        name: `${cell.label} ${cell.predicted}`,
        head: nameOf(content, cell.label),
      }))}
      cell={({ predicted, count }, { name }) => (
        <td key={name}>{name === "pictures" ? count : nameOf(content, predicted)}</td>
      )}
    />
  );
}
