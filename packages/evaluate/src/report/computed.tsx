import { measures } from "@limn/core";
import type { JSX } from "preact";
import { MEASURE_NAMES } from "../evaluation/document.js";
import type { RunSummary } from "../evaluation/summary.js";
import type { EvaluationContent } from "./evaluation-content.js";

export function Computed({ document, files }: EvaluationContent): JSX.Element {
  const { definitions, statistics, settings } = document;
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
        <dt>Settings</dt>
        <dd>
          <code>{JSON.stringify(settings)}</code>
        </dd>
      </dl>
      <Facts summary={document} files={files} />
    </section>
  );
}

/** The model, the data, the version, the files, the warnings and the pictures that failed. */
export function Facts(props: { readonly summary: RunSummary; readonly files: readonly string[] }): JSX.Element {
  const { limn, model, data, failed, warnings } = props.summary;
  return (
    <>
      <dl>
        <dt>Model</dt>
        <dd>
          {model.name}, {model.classes} classes, SHA-256 <code>{model.sha256}</code>
        </dd>
        <dt>Data</dt>
        <dd>
          {data.title}, {data.items} pictures, objects: {data.objects}, SHA-256 <code>{data.sha256}</code>
        </dd>
        <dt>Version</dt>
        <dd>limn {limn}</dd>
        <dt>All results</dt>
        <dd>
          {props.files.map((file, i) => (
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
    </>
  );
}

/** How many pictures that failed are listed; the JSON document has all of them. */
const MOST_FAILED = 200;
