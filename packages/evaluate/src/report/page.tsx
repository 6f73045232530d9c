import type { ComponentChildren, JSX } from "preact";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import type { RunSummary } from "../evaluation/summary.js";
import { SCRIPT, STYLE } from "./style.js";

/** A whole page. It needs no network, and no files except those that it links to. */
export function Page(props: { readonly summary: RunSummary; readonly children: ComponentChildren }): JSX.Element {
  const { limn, model, data, measured, accuracy, interrupted } = props.summary;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content={`limn ${limn}`} />
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
            {interrupted && ` (interrupted: ${data.items - measured} are not measured yet)`}
          </p>
          {props.children}
        </main>
        <script dangerouslySetInnerHTML={{ __html: SCRIPT }} />
      </body>
    </html>
  );
}

/** A page as the text of an HTML file. */
export const htmlOf = <T extends object>(page: (content: T) => JSX.Element, content: T): string =>
  `<!doctype html>\n${renderToString(h(page, content))}\n`;
