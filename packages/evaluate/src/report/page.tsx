import { VERSION } from "@limn/core";
import type { ComponentChildren, JSX } from "preact";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Conclusion } from "../conclusion.js";
import type { RunSummary } from "../evaluation/summary.js";
import { SCRIPT, STYLE } from "./style.js";

/**
 * A whole page, with its verdict before everything else. It needs no network, and no files except those that it links to.
 */
export function Page(props: {
  readonly title: string;
  /** What was examined, in one line above the verdict. */
  readonly about: string;
  readonly conclusion: Conclusion;
  /** The picture that belongs to the verdict. */
  readonly evidence?: ComponentChildren;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { title, about, conclusion, evidence, children } = props;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content={`limn ${VERSION}`} />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <header>
          <p class="about">{about}</p>
          <h1>{conclusion.says}</h1>
        </header>
        <main>
          <div class="verdict">
            <div>
              {conclusion.because.map((sentence) => (
                <p key={sentence}>{sentence}</p>
              ))}
              <p class="test">{conclusion.test}</p>
            </div>
            {evidence}
          </div>
          {children}
        </main>
        <footer>limn {VERSION}</footer>
        <script dangerouslySetInnerHTML={{ __html: SCRIPT }} />
      </body>
    </html>
  );
}

/** What a run over a data set examined, in one line. */
export function aboutRun({ model, data, measured, accuracy, interrupted }: RunSummary): string {
  const share = (100 * accuracy.correct) / accuracy.labeled;
  return [
    `${model.name} on ${data.title}: ${measured} ${measured === 1 ? "picture" : "pictures"}`,
    ...(accuracy.labeled > 0 ? [`${share.toFixed(1)} % classified as labeled`] : []),
    ...(interrupted ? [`interrupted, ${data.items - measured} are not measured yet`] : []),
  ].join(", ");
}

/** A page as the text of an HTML file. */
export const htmlOf = <T extends object>(page: (content: T) => JSX.Element, content: T): string =>
  `<!doctype html>\n${renderToString(h(page, content))}\n`;
