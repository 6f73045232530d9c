import { basename } from "node:path";
import type { DepthSweep } from "@limn/node";
import { nameOfClass } from "@limn/node/internal";
import { type Conclusion, listed } from "../conclusion.js";

/** A map of a sweep that was measured. */
interface MeasuredCell {
  readonly name: string;
  readonly stage: string;
  readonly iou: number;
  readonly pointing: boolean;
}

/**
 * Which map of one picture finds the object best, if there is one. No test can tell how sure that is: it is one picture.
 */
export function sweepConclusion({ stages, blocks }: DepthSweep): Conclusion {
  const cells = blocks.flatMap(({ explanation, rows }) =>
    rows.flatMap(({ name, cells: row }) =>
      row.flatMap((cell, i) => {
        const about = `${name} at ${stages[i]?.name}${blocks.length > 1 ? ` for ${nameOfClass(explanation.target)}` : ""}`;
        return cell ? [{ about, cell, name, stage: stages[i]?.name ?? "" }] : [];
      }),
    ),
  );
  const [first] = blocks;
  const picture = first ? basename(first.explanation.path) : "";
  const blank = cells.filter(({ cell }) => cell.map.diagnosis).map(({ about }) => about);
  const measured = cells.flatMap(
    ({ about, name, stage, cell: { localization } }): (MeasuredCell & { about: string })[] =>
      localization ? [{ about, name, stage, iou: localization.iou, pointing: localization.pointing }] : [],
  );
  const [best, second] = measured.toSorted((a, b) => b.iou - a.iou);
  const methods = [...new Set(cells.map(({ name }) => name))];
  const blankInWords = blank.length > 0 ? [`Blank: ${listed(blank)}.`] : [];
  if (!best) {
    return {
      says: `${picture} at ${stages.length} stages by ${listed(methods)}`,
      because: [
        "No object is given, so nothing says which of these maps is right: --boxes or --mask measures how well each finds one.",
        ...blankInWords,
      ],
      test: MANY,
    };
  }
  if (best.iou === 0) {
    return {
      says: `None of ${measured.length} maps covers the object of ${picture}`,
      because: blankInWords,
      test: MANY,
    };
  }
  const hits = measured.filter(({ pointing }) => pointing).length;
  return {
    says: `${best.about} covers the object of ${picture} best: IoU ${best.iou.toFixed(2)}`,
    because: [
      ...(second ? [`Next is ${second.about} with ${second.iou.toFixed(2)}.`] : []),
      `The highest point is on the object in ${hits} of ${measured.length} maps.`,
      ...blankInWords,
    ],
    test: `This is one picture, and no test tells its differences from noise. ${MANY}`,
  };
}

const MANY = "limn evaluate --layer stages compares methods and stages on many pictures, and tests the differences.";
