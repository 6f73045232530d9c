import type { JSX } from "preact";
import { confusionConclusion } from "../confusion/conclude.js";
import { Computed } from "./computed.js";
import { Matrix } from "./confusion-section.js";
import { Depth, Sanity } from "./depth.js";
import { Distributions } from "./distributions.js";
import { type EvaluationContent, figureOn } from "./evaluation-content.js";
import { Answers, Evidence, Measures, Wins } from "./measures.js";
import { aboutRun, Page } from "./page.js";
import { Compared, Gallery, nameOf, Pairs } from "./pictures.js";

/** The report of an evaluation. */
export const EvaluationPage = (content: EvaluationContent): JSX.Element => (
  <Page
    title={`${content.document.model.name} on ${content.document.data.title}: evaluation`}
    about={aboutRun(content.document)}
    conclusion={content.document.conclusion}
    evidence={<Evidence {...content} />}
  >
    <Side {...content} />
    <Answers {...content} />
    <Measures {...content} />
    <Depth {...content} />
    <Cases {...content} />
    <Wins {...content} />
    <Distributions {...content} />
    <Sanity {...content} />
    <Confused {...content} />
    <Computed {...content} />
  </Page>
);

/** The maps of all methods side by side. */
function Side(content: EvaluationContent): JSX.Element | null {
  const choices = content.compared.filter(({ shown }) => shown.length > 0);
  if (choices.length === 0) return null;
  return (
    <section>
      <h2>Side by side</h2>
      <p>
        Each map has its own scale: below its bar are the values that the ends of the colors stand for, and its figure
        on this picture.
      </p>
      {choices.map(({ title, shown }) => (
        <div key={title}>
          <h3>{title}</h3>
          {shown.map((chosen) => (
            <Compared key={chosen.row} chosen={chosen} content={content} figureOf={figureOn(content)} />
          ))}
        </div>
      ))}
    </section>
  );
}

function Cases(content: EvaluationContent): JSX.Element | null {
  const all = Object.entries(content.extremes).filter(([, choices]) => choices.length > 0);
  if (all.length === 0) return null;
  const [[, [first] = []] = []] = all;
  return (
    <section>
      <h2>Worst and best maps</h2>
      <p>Each method on the pictures where it does worst and best, {first?.note}.</p>
      {all.map(([map, choices]) => (
        <div key={map}>
          <h3>{map}</h3>
          <div class="pairs">
            {choices.map((choice) => (
              <Pairs key={choice.title} choice={choice} content={content} map={map} figureOf={figureOn(content)} />
            ))}
          </div>
        </div>
      ))}
    </section>
  );
}

/** Which classes are taken for which. */
function Confused(content: EvaluationContent): JSX.Element | null {
  const { confusion, mistakes } = content;
  if (confusion.items.length === 0) return null;
  const { says } = confusionConclusion(confusion, (index) => nameOf(content, index));
  return (
    <section>
      <h2>Confusion</h2>
      <p>{says}.</p>
      <Matrix {...content} />
      {mistakes.shown.length > 0 && (
        <>
          <h3>The most confident mistakes</h3>
          <p>What speaks for the model's answer, and what for the label; limn confusion shows more.</p>
          <Gallery choice={mistakes} content={content} />
        </>
      )}
    </section>
  );
}
