import type { JSX } from "preact";
import { type Confusion, cellsOf, frequentMistakes } from "../evaluation/confusion.js";
import { heat } from "./charts.js";
import type { ClassChoices } from "./class-choices.js";
import { NamedTable } from "./named-table.js";
import { Gallery, nameOf, type PicturesContent } from "./pictures.js";

export interface ConfusionContent extends PicturesContent {
  readonly confusion: Confusion;
  /** The classes whose pictures are shown. */
  readonly classes: readonly ClassChoices[];
}

/** The most classes whose matrix can be read, and how many mistakes are listed if there are more classes. */
const MOST_IN_MATRIX = 30;
const MOST_LISTED = 20;

const anchorOf = (index: number): string => `class-${index}`;

/** Which classes are taken for which, with pictures. */
export function ConfusionSection(content: ConfusionContent): JSX.Element | null {
  const { classes, confusion } = content;
  if (confusion.items.length === 0) return null;
  return (
    <section>
      <h2>Confusion</h2>
      <p>
        Rows are labels, columns predictions; cells are shaded by their share of the row.
        {classes.length > 0 &&
          " A click on a label opens its pictures below: what did the model look at when it was wrong?"}
      </p>
      <Matrix {...content} />
      {confusion.classes.length > MOST_IN_MATRIX && <Mistakes {...content} />}
      {classes.map((one) => (
        <details id={anchorOf(one.class)} key={one.class}>
          <summary>
            <b>{nameOf(content, one.class)}</b>
            <span class="counts">
              {one.truePositives} true positives, {one.falsePositives} false positives, {one.falseNegatives} false
              negatives, {one.trueNegatives} true negatives
              {shareOf("precision", one.precision)}
              {shareOf("recall", one.recall)}
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

const shareOf = (name: string, share: number): string =>
  Number.isNaN(share) ? "" : `, ${name} ${(100 * share).toFixed(1)} %`;

/** The matrix of all classes, or of those with the most mistakes. */
function Matrix(content: ConfusionContent): JSX.Element {
  const { confusion, classes } = content;
  const { counts } = confusion.matrix;
  const size = confusion.classes.length;
  const positions = size <= MOST_IN_MATRIX ? [...confusion.classes.keys()] : worstPositions(confusion);
  const withPictures = new Set(classes.map((one) => one.class));
  const linked = (index: number, text: string) =>
    withPictures.has(index) ? <a href={`#${anchorOf(index)}`}>{text}</a> : text;
  const indexAt = (position: number) => confusion.classes[position] as number;
  const named = positions.map((position) => ({ name: nameOf(content, indexAt(position)), position }));
  return (
    <NamedTable
      kind="heat"
      caption={positions.length < size && `The ${positions.length} of ${size} classes with the most mistakes`}
      columns={named}
      rows={named.map(({ name, position }) => ({ name, position, head: linked(indexAt(position), name) }))}
      cell={({ position: label }, { position: predicted }) => {
        const { truePositives = 0, falseNegatives = 0 } = confusion.oneVersusRest[label] ?? {};
        const count = counts[label * size + predicted] as number;
        return (
          <td key={predicted} style={heat(count / (truePositives + falseNegatives || 1))}>
            {count > 0 && linked(indexAt(label), String(count))}
          </td>
        );
      }}
    />
  );
}

/** The positions of the classes with the most mistakes, rising. */
function worstPositions({ oneVersusRest }: Confusion): number[] {
  const mistakes = (position: number) => {
    const { falsePositives = 0, falseNegatives = 0 } = oneVersusRest[position] ?? {};
    return falsePositives + falseNegatives;
  };
  return [...oneVersusRest.keys()]
    .sort((a, b) => mistakes(b) - mistakes(a) || a - b)
    .slice(0, MOST_IN_MATRIX)
    .sort((a, b) => a - b);
}

function Mistakes(content: ConfusionContent): JSX.Element {
  return (
    <table>
      <caption>The most frequent mistakes</caption>
      <thead>
        <tr>
          <th scope="col">label</th>
          <th scope="col">taken for</th>
          <th scope="col">pictures</th>
        </tr>
      </thead>
      <tbody>
        {frequentMistakes(cellsOf(content.confusion))
          .slice(0, MOST_LISTED)
          .map(({ label, predicted, count }) => (
            <tr key={`${label} ${predicted}`}>
              <td>{nameOf(content, label)}</td>
              <td>{nameOf(content, predicted)}</td>
              <td>{count}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
