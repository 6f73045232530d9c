import { DEFAULT_COMPOSITE, type Ledger, ledgerOf } from "@limn/core";
import { knownRange } from "../evaluation/subject.js";
import type { Bench, Claim } from "./claim.js";
import { type Columns, columnsOf, type Figure, meanFigure } from "./figure.js";

/** Few, since each is a graph of its own. */
const PICTURES = 16;

/** How much the sum may differ from the score, as a share of it. */
const TOLERANCE = 0.01;

/** A composite that gives biases no share. */
const WITHOUT_BIAS = "excitation-backprop";

export const conservation: Claim = {
  number: 8,
  statement: "LRP conserves relevance.",
  source: "Bach et al. 2015, eq. 2",
  experiment: `LRP from the predicted class's score to the image, by the composite ${DEFAULT_COMPOSITE}, on at most ${PICTURES} pictures: how far the sum of the image's relevance is from the score; by the claim, less than ${TOLERANCE} of the score. Also, where the rest went by the books of \`limn check\`, and the same for ${WITHOUT_BIAS}, which gives biases no share.`,
  scenes: "",
  test,
};

async function test({ opened, runtime, pictures, step }: Bench): Promise<Figure[]> {
  const range = knownRange(opened).range;
  const rows: Record<string, number>[] = [];
  for await (const image of pictures(PICTURES)) {
    step(rows.length, PICTURES);
    const books = (composite: string) =>
      ledgerOf(opened.classifier, runtime, image, { composite, ...(range ? { inputRange: range } : {}) });
    const { deviation } = sharesOf(await books(WITHOUT_BIAS));
    rows.push({ ...sharesOf(await books(DEFAULT_COMPOSITE)), "deviation without bias": deviation });
  }
  return figures(columnsOf(rows));
}

/** Where relevance went, as shares of the score. */
export function sharesOf({ start, end, entries }: Ledger) {
  const sumOf = (part: "bias" | "stabilizer") => entries.reduce((sum, entry) => sum + entry[part], 0);
  const [bias, stabilizer] = [sumOf("bias"), sumOf("stabilizer")];
  return {
    deviation: Math.abs(end - start) / Math.abs(start),
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
  meanFigure(columns, "bias", { what: "share of the score that biases keep" }),
  meanFigure(columns, "stabilizer", { what: "share that the stabilizer keeps" }),
  meanFigure(columns, "open", { what: "share that is not accounted for" }),
  meanFigure(columns, "deviation without bias", { what: "the same distance if biases get no share" }),
];
