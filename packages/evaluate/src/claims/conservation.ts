import { DEFAULT_COMPOSITE, DEFAULT_WITH_ATTENTION, type Ledger, ledgerOf } from "@limn/core";
import { knownRange } from "../evaluation/subject.js";
import type { Bench, Claim } from "./claim.js";
import { type Columns, columnsOf, type Figure, meanFigure } from "./figure.js";

/** Few, since each is a graph of its own. */
const PICTURES = 16;

/** How much the sum may differ from the score, as a share of it. */
const TOLERANCE = 0.01;

export const conservation: Claim = {
  number: 8,
  statement: "LRP conserves relevance.",
  source: "Bach et al. 2015, eq. 2",
  experiment: `LRP from the predicted class's score to the image, as it is by default (by the composite ${DEFAULT_COMPOSITE}, and ${DEFAULT_WITH_ATTENTION} on networks with attention), on at most ${PICTURES} pictures: how far the sum of the image's relevance is from the score; by the claim, less than ${TOLERANCE} of the score. Also, how much of it had to be spread, summed over all nodes, since biases would have kept it; and the same distance if they do keep it (bias: "share"), as in other libraries.`,
  scenes: "",
  test,
};

async function test({ opened, runtime, pictures, step }: Bench): Promise<Figure[]> {
  const range = knownRange(opened).range;
  const rows: Record<string, number>[] = [];
  for await (const image of pictures(PICTURES)) {
    step(rows.length, PICTURES);
    const books = (bias?: "share") =>
      ledgerOf(opened.classifier, runtime, image, { ...(bias && { bias }), ...(range ? { inputRange: range } : {}) });
    const { deviation } = sharesOf(await books("share"));
    rows.push({ ...sharesOf(await books()), "deviation with shares": deviation });
  }
  return figures(columnsOf(rows));
}

/** Where relevance went, as shares of the score. */
export function sharesOf({ start, end, entries }: Ledger) {
  const sumOf = (part: "spread" | "bias" | "stabilizer") => entries.reduce((sum, entry) => sum + entry[part], 0);
  const [bias, stabilizer] = [sumOf("bias"), sumOf("stabilizer")];
  return {
    deviation: Math.abs(end - start) / Math.abs(start),
    spread: sumOf("spread") / start,
    bias: bias / start,
    stabilizer: stabilizer / start,
    open: Math.abs(start - end - bias - stabilizer) / Math.abs(start),
  };
}

export const figures = (columns: Columns): Figure[] => [
  meanFigure(columns, "deviation", {
    what: "distance of the image's relevance from the score, as a share of it",
    claimed: { side: "below", bound: TOLERANCE },
  }),
  meanFigure(columns, "spread", { what: "share of the score that is spread, all nodes together" }),
  meanFigure(columns, "bias", { what: "share of the score that biases keep" }),
  meanFigure(columns, "stabilizer", { what: "share that the stabilizer keeps" }),
  meanFigure(columns, "open", { what: "share that is not accounted for" }),
  meanFigure(columns, "deviation with shares", { what: "the same distance if biases keep their shares" }),
];
