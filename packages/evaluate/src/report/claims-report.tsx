import type { JSX } from "preact";
import type { ClaimsDocument, JudgedFigure } from "../claims/document.js";
import type { Verdict } from "../claims/verdict.js";
import { estimateInWords, expectationInWords, pInWords, valueInWords } from "../claims/words.js";
import { capitalized } from "../conclusion.js";
import { type IntervalRow, Intervals } from "./intervals.js";
import { NamedTable } from "./named-table.js";
import { htmlOf, Page } from "./page.js";

/** Verdicts can be told apart without color. */
const SIGNS: Readonly<Record<Verdict, { sign: string; tone: "good" | "bad" | "open" }>> = {
  holds: { sign: "✓", tone: "good" },
  "does not hold": { sign: "✗", tone: "bad" },
  "can't say": { sign: "?", tone: "open" },
};

/** The verdicts on claims as an HTML file that needs nothing else. */
export const claimsReport = (document: ClaimsDocument): string => htmlOf(ClaimsPage, document);

function ClaimsPage(document: ClaimsDocument): JSX.Element {
  const { claims, models, conclusion, interrupted, limn } = document;
  const names = models.map(({ name }) => name).join(", ");
  return (
    <Page
      title={`Claims about explanations on ${names}`}
      about={`Claims about explanations, tested on ${names}${interrupted ? ", interrupted" : ""}`}
      conclusion={conclusion}
    >
      <section>
        <h2>Verdicts</h2>
        <NamedTable
          kind="words"
          caption="Each claim on each model"
          corner="claim"
          columns={models}
          rows={claims.map(({ number, statement }) => ({
            name: String(number),
            number,
            head: <a href={`#claim-${number}`}>{`${number}. ${statement}`}</a>,
          }))}
          cell={({ number }, { name, results }) => (
            <td class="short" key={name}>
              <Badge verdict={results.find(({ claim }) => claim === number)?.verdict} />
            </td>
          )}
        />
      </section>
      {claims.map((claim) => (
        <Claim key={claim.number} claim={claim} document={document} />
      ))}
      <section>
        <h2>How it was computed</h2>
        <p>
          Figures are means over pictures with bootstrap intervals; p is that of Wilcoxon's signed-rank test of the
          pairs, two-sided. The shaded side is the one that the claim names; figures without it do not decide.
        </p>
        <dl>
          {models.map(({ name, sha256, warnings }) => (
            <>
              <dt>{name}</dt>
              <dd>
                SHA-256 <code>{sha256}</code>
                {warnings.map((warning) => (
                  <p key={warning}>{warning}</p>
                ))}
              </dd>
            </>
          ))}
          <dt>Settings</dt>
          <dd>
            <code>{JSON.stringify(document.settings)}</code>
          </dd>
          <dt>Version</dt>
          <dd>limn {limn}</dd>
        </dl>
      </section>
    </Page>
  );
}

function Badge({ verdict }: { readonly verdict: Verdict | undefined }): JSX.Element | null {
  if (!verdict) return null;
  const { sign, tone } = SIGNS[verdict];
  return (
    <span class={`badge ${tone}`}>
      {sign} {verdict}
    </span>
  );
}

function Claim(props: {
  readonly claim: ClaimsDocument["claims"][number];
  readonly document: ClaimsDocument;
}): JSX.Element {
  const { number, statement, source, experiment } = props.claim;
  const { models } = props.document;
  const results = models.flatMap(({ name, results: all }) =>
    all.filter(({ claim }) => claim === number).map((result) => ({ model: name, ...result })),
  );
  const several = results.length > 1;
  // of several models, one axis for each figure; of one, for each unit
  const measured = results.flatMap(({ model, figures }) =>
    figures.filter(({ estimate }) => estimate.n > 0).map((figure) => ({ model, figure })),
  );
  const groupOf = ({ what, unit }: JudgedFigure) => (several ? what : unit);
  const groups = [...new Set(measured.map(({ figure }) => groupOf(figure)))].map(
    (name) => [name, measured.filter(({ figure }) => groupOf(figure) === name)] as const,
  );
  const data = [...new Set(results.map((result) => result.data))];
  const reasons = [...new Set(results.flatMap(({ reason }) => reason ?? []))];
  return (
    <section id={`claim-${number}`}>
      <h2>
        {number}. {statement}
      </h2>
      <p>
        {results.map(({ model, verdict }) => (
          <span class="judged" key={model}>
            {several && `${model}: `}
            <Badge verdict={verdict} />
          </span>
        ))}
      </p>
      <p>
        {experiment}{" "}
        <span class="faint">
          {source}. On {data.join("; ")}.
        </span>
      </p>
      {reasons.map((reason) => {
        const of = results.filter((result) => result.reason === reason).map(({ model }) => model);
        // a reason that all share is said once
        return (
          <p key={reason}>{of.length === results.length ? capitalized(reason) : `${of.join(", ")}: ${reason}`}.</p>
        );
      })}
      {groups.map(([name, all]) => (
        <Intervals
          key={name}
          caption={
            several
              ? name
              : `Means and intervals${name === "share" ? "" : name === "%" ? ", in percent" : ", in times"}`
          }
          corner={several ? "model" : "figure"}
          number={(value) => valueInWords(value, all[0]?.figure.unit ?? "share")}
          rows={all.map(({ model, figure }) => rowOf(figure, several ? model : figure.what))}
        />
      ))}
    </section>
  );
}

function rowOf(figure: JudgedFigure, name: string): IntervalRow {
  const [mean, ...interval] = estimateInWords(figure).split(" ") as [string, ...string[]];
  const p = pInWords(figure);
  const { verdict, claimed, estimate } = figure;
  return {
    name,
    estimate,
    figure: mean,
    interval: `${interval.join(" ")}${p ? `, p ${p}` : ""}`,
    stands: verdict ? `${expectationInWords(figure)}: ${verdict}` : "does not decide",
    tone: verdict === "holds" ? "good" : verdict === "does not hold" ? "bad" : "worse",
    ...(claimed ? { expected: claimed } : {}),
  };
}
