import { compile, Explainer, fiveNumbers, layersOf, type MapRequest } from "@limn/core";
import { knownRange } from "../evaluation/subject.js";
import type { Bench, Claim } from "./claim.js";
import { type Columns, columnsOf, type Figure, meanFigure } from "./figure.js";

const ROUNDS = 12;
const RUNS = 5;

export const cost: Claim = {
  number: 9,
  statement: "LRP to the input costs more than stopping at a layer.",
  source: "Lee et al. 2021",
  experiment: `One picture at a time, in one process: LRP to the image and LRP to a layer take turns, ${ROUNDS} rounds of ${RUNS} runs each; the ratio of the medians of each round. Graphs are compiled and loaded before. This is timed, so other work on the machine changes it.`,
  scenes: "",
  test,
};

async function test({ opened, runtime, pictures, step }: Bench): Promise<Figure[]> {
  const { classifier } = opened;
  const stages = layersOf(classifier).flatMap(({ stage }) => stage ?? []);
  const middle = stages[Math.floor((stages.length - 1) / 2)];
  const places = { image: {}, last: { layer: "last" }, ...(middle ? { middle: { layer: middle } } : {}) };
  const { range } = knownRange(opened);
  const explainers = new Map<string, Explainer>();
  try {
    for (const [place, at] of Object.entries(places)) {
      const request: MapRequest = { method: "lrp", ...at };
      const compiled = compile(classifier, [request], range ? { inputRange: range } : {});
      explainers.set(place, await Explainer.create(compiled, runtime));
    }
    const rows: Record<string, number>[] = [];
    for await (const image of pictures(1)) {
      for (let round = 0; round < ROUNDS; round++) {
        step(round, ROUNDS);
        const times = new Map<string, number[]>([...explainers.keys()].map((place) => [place, []]));
        for (let run = 0; run < RUNS; run++) {
          for (const [place, explainer] of explainers) {
            const start = performance.now();
            await explainer.explain(image);
            times.get(place)?.push(performance.now() - start);
          }
        }
        rows.push(ratiosOf(times));
      }
    }
    return figures(columnsOf(rows));
  } finally {
    await Promise.all([...explainers.values()].map((explainer) => explainer.release()));
  }
}

/** The median time to the image, divided by the median to each layer. */
export function ratiosOf(times: ReadonlyMap<string, readonly number[]>): Record<string, number> {
  const median = (place: string) => fiveNumbers(Float64Array.from(times.get(place) ?? [])).median;
  const layers = [...times.keys()].filter((place) => place !== "image");
  return Object.fromEntries(layers.map((place) => [place, median("image") / median(place)]));
}

export const figures = (columns: Columns): Figure[] => [
  meanFigure(columns, "last", {
    what: "time of LRP to the image, divided by that to the last layer",
    unit: "times",
    claimed: { side: "above", bound: 1 },
  }),
  meanFigure(columns, "middle", {
    what: "time of LRP to the image, divided by that to a stage in the middle",
    unit: "times",
  }),
];
