import type { JSX } from "preact";
import { Computed } from "./computed.js";
import { ConfusionSection } from "./confusion-section.js";
import { Depth, Sanity } from "./depth.js";
import type { EvaluationContent } from "./evaluation-content.js";
import { Page } from "./page.js";
import { Gallery } from "./pictures.js";
import { Distributions, Summary, Wins } from "./summary.js";

/** The report of an evaluation. */
export const EvaluationPage = (content: EvaluationContent): JSX.Element => (
  <Page summary={content.document}>
    <Summary {...content} />
    <Wins {...content} />
    <Distributions {...content} />
    <Depth {...content} />
    <Sanity {...content} />
    <ConfusionSection {...content} />
    <Cases {...content} />
    <Computed {...content} />
  </Page>
);

function Cases(content: EvaluationContent): JSX.Element | null {
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
