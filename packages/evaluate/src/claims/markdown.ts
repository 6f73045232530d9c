import { CONFIDENCE } from "@limn/core";
import type { ClaimResult, ClaimsDocument, JudgedFigure, TestedModel } from "./document.js";
import { RULE } from "./verdict.js";
import { estimateInWords, expectationInWords, pInWords } from "./words.js";

/** A part of the page: claims on some models and pictures. */
export interface ClaimsPart {
  readonly title: string;
  /** About the pictures and models, in paragraphs. */
  readonly introduction?: string;
  readonly document: ClaimsDocument;
}

/**
 * A page of Markdown: in each part the verdicts and, claim by claim, the figures that they follow from.
 * @param introduction the page's first paragraphs
 */
export function claimsPage(introduction: string, parts: readonly ClaimsPart[]): string {
  return `${["# Claims about explanations", introduction, HOW, ...parts.map(partOf)].join("\n\n")}\n`;
}

const HOW = `Figures are means over pictures with their ${100 * CONFIDENCE} % bootstrap intervals; \`n\` is the number of pictures that count, and [measures](measures.md) says what is measured. \`p\` is the p-value of Wilcoxon's signed-rank test of the pairs, two-sided. Neither is corrected for the number of claims. Figures without "claimed" do not decide.

${RULE}`;

function partOf({ title, introduction, document }: ClaimsPart): string {
  const { claims, models } = document;
  const verdicts = tableOf(
    ["claim", ...models.map(({ name }) => name)],
    claims.map(({ number, statement }) => [
      `${number}. ${statement}`,
      ...models.map((model) => resultOf(model, number)?.verdict ?? ""),
    ]),
  );
  const about = introduction === undefined ? [] : [introduction];
  return [`## ${title}`, ...about, verdicts, ...claims.map((claim) => claimOf(claim, models))].join("\n\n");
}

function claimOf(
  { number, statement, source, experiment }: ClaimsDocument["claims"][number],
  models: readonly TestedModel[],
): string {
  const rows = models.flatMap((model) => {
    const result = resultOf(model, number);
    return result ? [...reasonRow(model, result), ...result.figures.map((figure) => figureRow(model, figure))] : [];
  });
  const data = new Set(models.flatMap((model) => resultOf(model, number)?.data ?? []));
  const head = ["model", "figure", "mean and interval", "n", "p", "claimed", "verdict"];
  return [
    `### ${number}. ${statement}`,
    `${source}. ${experiment}`,
    `On ${[...data].map((title) => `\`${title}\``).join(", ")}.`,
    tableOf(head, rows),
  ].join("\n\n");
}

const resultOf = ({ results }: TestedModel, number: number): ClaimResult | undefined =>
  results.find(({ claim }) => claim === number);

const reasonRow = ({ name }: TestedModel, { reason, verdict }: ClaimResult): string[][] =>
  reason === undefined ? [] : [[name, reason, "", "", "", "", verdict]];

const figureRow = ({ name }: TestedModel, figure: JudgedFigure): string[] => [
  name,
  figure.what,
  estimateInWords(figure),
  String(figure.estimate.n),
  pInWords(figure),
  expectationInWords(figure),
  figure.verdict ?? "",
];

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
