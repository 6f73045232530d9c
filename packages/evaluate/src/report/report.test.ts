import { describe, expect, it } from "vitest";
import { confusionOf } from "../evaluation/confusion.js";
import { evaluationDocument } from "../evaluation/document.js";
import type { EvaluationRun } from "../evaluation/run.js";
import type { ResultTable, TableItem } from "../evaluation/table.js";
import { comparedChoices, extremeChoices } from "./choices.js";
import { confidentMistakes } from "./class-choices.js";
import { EvaluationPage } from "./evaluation-page.js";
import { htmlOf } from "./page.js";
import { wantedMaps } from "./shown-items.js";

const CLASSES = 1000;
const MAPS = ["grad-cam", "lrp", "relevance-cam"];

/** As of a whole validation set. */
function tableOfSize(count: number): ResultTable {
  // a multiplicative generator: the same numbers everywhere
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const any = () => Math.floor(random() * CLASSES);
  const items = Array.from({ length: count }, (_, index): TableItem => {
    const label = any();
    const predicted = random() < 0.75 ? label : any();
    const [confidence, runnerUpConfidence] = [random(), random() / 2];
    const known = { index, id: `n${label}/${index}.JPEG`, labels: [label], target: label, predicted };
    return { ...known, probability: random(), confidence, runnerUp: any(), runnerUpConfidence };
  });
  const columns = MAPS.map((map): [string, Map<string, Float64Array>] => [
    map,
    new Map(
      ["averageDrop", "increaseInConfidence", "iou"].map((name) => [name, Float64Array.from(items, () => random())]),
    ),
  ]);
  return { items, failed: [], columns: new Map(columns), shattering: new Map(), sanity: new Map() };
}

function reportOn(table: ResultTable) {
  const { items } = table;
  const run = {
    settings: { target: "label", masking: {}, curves: undefined, shattering: false, sanity: undefined },
    data: { title: "validation", fingerprint: "0", items, objects: "boxes" },
    opened: {
      found: { name: "network.onnx" },
      classifier: { classes: CLASSES, hasProbabilities: true },
      labels: undefined,
    },
    modelHash: "0",
    interrupted: false,
    warnings: [],
  } as unknown as EvaluationRun;
  const confusion = confusionOf(items);
  const mistakes = confidentMistakes(confusion, items, 8);
  const extremes = Object.fromEntries(MAPS.map((map) => [map, extremeChoices(table, map, "iou")]));
  const compared = comparedChoices(table, "lrp", "iou");
  const choices = [...compared, ...Object.values(extremes).flat(), mistakes];
  const document = evaluationDocument(run, table);
  const html = htmlOf(EvaluationPage, {
    ...{
      document,
      table,
      items,
      labels: undefined,
      givesValues: false,
      confusion,
      classes: [],
      compared,
      extremes,
      mistakes,
    },
    ...{ shown: new Map(), files: ["rows.csv"] },
  });
  return { html, pictures: wantedMaps(choices, items).length };
}

describe("the report of 50,000 pictures of 1000 classes", () => {
  const [small, large] = [reportOn(tableOfSize(5000)), reportOn(tableOfSize(50_000))];

  it("is as large as that of a tenth of them", () => {
    expect(large.html.length).toBeLessThan(1.1 * small.html.length);
    expect(large.html.length).toBeLessThan(400_000);
    expect(large.pictures).toBeLessThan(24 * 4 * 4 * 2 + 100);
  });

  it("says where the rows are, and lists the most frequent mistakes", () => {
    expect(large.html).toContain('<a href="rows.csv">');
    expect(large.html).toContain("The 30 of 1000 classes with the most mistakes: rows are labels, columns predictions");
    expect(large.html).toContain("The most frequent mistakes");
  });
});
