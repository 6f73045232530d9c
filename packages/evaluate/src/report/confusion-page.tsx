import type { JSX } from "preact";
import type { ConfusionDocument } from "../confusion/document.js";
import { Facts } from "./computed.js";
import { type ConfusionContent, ConfusionSection } from "./confusion-section.js";
import { Page } from "./page.js";

export interface ConfusionPageContent extends ConfusionContent {
  readonly document: ConfusionDocument;
  /** The file next to the report that holds every mistake. */
  readonly file: string;
}

/** The report of `limn confusion`. */
export const ConfusionPage = (content: ConfusionPageContent): JSX.Element => (
  <Page summary={content.document}>
    <ConfusionSection {...content} />
    <section>
      <h2>How it was computed</h2>
      <p>
        A picture's prediction is the class of the highest score. Maps show what speaks for the class that is named
        below them. Mistakes have two: the first for the predicted class, the second for the label's.
      </p>
      <Facts summary={content.document} files={[content.file]} />
    </section>
  </Page>
);
