import type { JSX } from "preact";
import { LEVEL } from "../conclusion.js";
import { accuracyOf, classRecalls } from "../confusion/conclude.js";
import type { ConfusionDocument } from "../confusion/document.js";
import type { Choice } from "./choices.js";
import { Facts } from "./computed.js";
import { anchorOf, Matrix, type MatrixContent } from "./confusion-section.js";
import { Intervals } from "./intervals.js";
import { aboutRun, Page } from "./page.js";
import { Gallery, nameOf } from "./pictures.js";

export interface ConfusionContent extends MatrixContent {
  readonly document: ConfusionDocument;
  /** The most confident mistakes of all classes. */
  readonly mistakes: Choice;
  /** The file next to the report that holds every mistake. */
  readonly file: string;
}

/** The report of `limn confusion`. */
export const ConfusionPage = (content: ConfusionContent): JSX.Element => (
  <Page
    title={`${content.document.model.name} on ${content.document.data.title}: confusion`}
    about={aboutRun(content.document)}
    conclusion={content.document.conclusion}
    evidence={<Recalls {...content} />}
  >
    {content.mistakes.shown.length > 0 && (
      <section>
        <h2>The most confident mistakes</h2>
        <p>
          What did the model look at when it was wrong? On the left what speaks for its answer, on the right for the
          label.
        </p>
        <Gallery choice={content.mistakes} content={content} />
      </section>
    )}
    <section>
      <h2>Which class is taken for which</h2>
      <Matrix {...content} />
    </section>
    <section>
      <h2>Class by class</h2>
      {content.classes.map((one) => (
        <section id={anchorOf(one.class)} key={one.class}>
          <h3>{nameOf(content, one.class)}</h3>
          <p class="faint">
            {counted(one.truePositives, "true positive")}, {counted(one.falsePositives, "false positive")},{" "}
            {counted(one.falseNegatives, "false negative")}
            {shareOf("precision", one.precision)}
            {shareOf("recall", one.recall)}
          </p>
          {one.galleries.map((choice) => (
            <div key={choice.title}>
              <h4>
                {choice.title} <span class="faint">{choice.note}</span>
              </h4>
              <Gallery choice={choice} content={content} />
            </div>
          ))}
        </section>
      ))}
    </section>
    <section>
      <h2>How it was computed</h2>
      <p>
        A picture's prediction is the class of the highest score. Maps show what speaks for the class that is named
        below them; each has its own scale, whose ends are written below its bar.
      </p>
      <Facts summary={content.document} files={[content.file]} />
    </section>
  </Page>
);

const shareOf = (name: string, share: number): string =>
  Number.isNaN(share) ? "" : `, ${name} ${(100 * share).toFixed(1)} %`;

/** How many classes the picture of the verdict has room for. */
const MOST_RECALLS = 12;

/** The recall of the classes that are mistaken most. */
function Recalls(content: ConfusionContent): JSX.Element | null {
  const recalls = classRecalls(content.confusion, MOST_RECALLS);
  if (recalls.length === 0) return null;
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const all =
    recalls.length < MOST_RECALLS ? "classes with mistakes" : `${MOST_RECALLS} classes that chance explains least`;
  return (
    <Intervals
      caption={`Recall with its 95 % interval: the ${all}. The dashed line is the share of all pictures.`}
      corner="class"
      range={[0, 1]}
      mark={accuracyOf(content.confusion).mean}
      number={percent}
      rows={recalls.map(({ class: index, recall, corrected }) => ({
        name: nameOf(content, index),
        estimate: recall,
        figure: percent(recall.mean),
        interval: `of ${recall.n}`,
        tone: corrected < LEVEL ? "bad" : "noise",
        stands: corrected < LEVEL ? "mistaken more often" : "noise",
      }))}
    />
  );
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
