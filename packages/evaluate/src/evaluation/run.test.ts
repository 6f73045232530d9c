import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onnxRuntime, openClassifier } from "@limn/node";
import { CLASS_NAMES, SceneGenerator, scenePng } from "@limn/scenes";
import { afterAll, describe, expect, it } from "vitest";
import { residual } from "../../../core/src/testing/networks.js";
import { compositeRequests } from "./composite-requests.js";
import { type EvaluationDocument, evaluationDocument } from "./document.js";
import type { PairedMeasure } from "./figures.js";
import type { Ranking } from "./ranking.js";
import { type EvaluationOptions, runEvaluation } from "./run.js";
import { tableOf } from "./table.js";

const root = mkdtempSync(join(tmpdir(), "limn-evaluate-"));
afterAll(() => rmSync(root, { recursive: true }));
const runtime = onnxRuntime({ threads: 1 });

let folders = 0;
const newFolder = (): string => join(root, `run-${folders++}`);

const options = (folder: string, changes: Partial<EvaluationOptions> = {}): EvaluationOptions => ({
  model: "scenes-resnet",
  classifier: {},
  data: { data: "scenes:count=6,size=32" },
  methods: ["grad-cam", "lrp"],
  target: "label",
  masking: {},
  curves: { steps: 4, deletionBlank: "zero", insertionBlank: "blur" },
  shattering: true,
  sanity: undefined,
  batch: 2,
  workers: 0,
  folder,
  ...changes,
});

async function evaluated(wanted: EvaluationOptions): Promise<EvaluationDocument> {
  const run = await runEvaluation(wanted, runtime);
  return evaluationDocument(run, await tableOf(run.log));
}

const whole = await evaluated(options(newFolder()));

describe("runEvaluation", () => {
  it("has every measure of every method, with its interval", () => {
    expect(whole).toMatchObject({ measured: 6, failed: [], interrupted: false, reasons: {} });
    expect(Object.keys(whole.methods)).toEqual(["grad-cam", "lrp", "random"]);
    for (const measures of Object.values(whole.methods)) {
      for (const estimate of Object.values(measures)) {
        expect(estimate?.low).toBeLessThanOrEqual(estimate?.mean as number);
        expect(estimate?.high).toBeGreaterThanOrEqual(estimate?.mean as number);
        expect(estimate?.n).toBeGreaterThan(0);
      }
    }
    expect((whole.wins["grad-cam"]?.lrp as number) + (whole.wins.lrp?.["grad-cam"] as number)).toBeCloseTo(100, 9);
    expect(whole.pairs["grad-cam"]?.lrp?.averageDrop?.difference.n).toBe(6);
    expect(whole.baselines).toEqual(["random"]);
    expect(Object.keys(whole.wins["grad-cam"] ?? {}), "a random map takes no part").toEqual(["lrp"]);
    expect(whole.pairs["grad-cam"]?.random?.saco?.difference.n).toBe(6);
    expect(whole.conclusion.by).toBe("saco");
    expect(Object.keys(whole.shattering ?? {})).toEqual(["image", "stage1", "stage2", "stage3", "stage4"]);
  });

  it("goes on where it was interrupted, and comes to the same", async () => {
    const folder = newFolder();
    const stop = new AbortController();
    const told: [stage: string, pictures: number][] = [];
    const first = await evaluated(
      options(folder, {
        signal: stop.signal,
        onProgress: ({ done }) => {
          told.push(["done", done]);
          if (done >= 2) stop.abort();
        },
        onInterrupt: (pictures) => told.push(["begun", pictures]),
      }),
    );
    expect(first.interrupted).toBe(true);
    const at = told.findIndex(([stage]) => stage === "begun");
    const [[, before], [, begun]] = told.slice(at - 1, at + 1) as [[string, number], [string, number]];
    expect(before + begun, "what was begun is finished, and nothing else").toBe(first.measured);
    expect(first.measured).toBeLessThan(6);
    const log = readFileSync(join(folder, "results.jsonl"), "utf8");
    // as by a process that is killed while it writes
    appendFileSync(join(folder, "results.jsonl"), '{"chunk":2,"items":[{"ind');
    expect(await evaluated(options(folder))).toEqual(whole);
    expect(readFileSync(join(folder, "results.jsonl"), "utf8").startsWith(log)).toBe(true);
    const seen: number[] = [];
    await evaluated(options(folder, { onProgress: ({ done }) => seen.push(done) }));
    expect(seen, "nothing is measured twice").toEqual([6]);
  });

  it("refuses the results of another evaluation, unless it is told to begin again", async () => {
    const folder = newFolder();
    await evaluated(options(folder, { methods: ["grad-cam"], curves: undefined }));
    const other = options(folder, { methods: ["saliency"], curves: undefined });
    await expect(runEvaluation(other, runtime)).rejects.toThrow(
      /another evaluation \(method grad-cam, not saliency\); .*--anew/,
    );
    const fewer = options(folder, {
      methods: ["grad-cam"],
      curves: undefined,
      data: { data: "scenes:count=4,size=32" },
    });
    await expect(runEvaluation(fewer, runtime)).rejects.toThrow(/evaluation \(different data; items 6, not 4\); give/);
    const alone = await evaluated({ ...other, anew: true, random: false });
    expect([Object.keys(alone.methods), alone.baselines]).toEqual([["saliency"], []]);
  });

  it("compares maps with those of random networks, and each of them once", async () => {
    const folder = newFolder();
    const sanity = { pictures: 3, seed: 1 };
    const changes = { methods: ["grad-cam", "guided-backprop"], curves: undefined, shattering: false, sanity };
    const found = await evaluated(options(newFolder(), changes));
    const [networks, ofGuided] = [found.sanity?.["grad-cam"] ?? {}, found.sanity?.["guided-backprop"] ?? {}];
    const names = Object.keys(networks);
    expect([names[0], names.at(-1)]).toEqual(["fc", "stem/conv"]);
    for (const estimate of Object.values(networks)) expect(estimate.n).toBe(3);
    // what guided backpropagation is known for
    expect(ofGuided.fc?.mean).toBeGreaterThan(0.9);
    expect(networks.fc?.mean).toBeLessThan(0.7);

    const stop = new AbortController();
    const onSanity = ({ done }: { done: number }) => done === 2 && stop.abort();
    const first = await evaluated(options(folder, { ...changes, signal: stop.signal, onSanity }));
    expect(first).toMatchObject({ interrupted: true, measured: 6 });
    expect(Object.keys(first.sanity?.["grad-cam"] ?? {})).toEqual(names.slice(0, 2));
    const seen: number[] = [];
    const again = options(folder, { ...changes, onSanity: ({ done }) => seen.push(done) });
    expect(await evaluated(again)).toEqual(found);
    expect(seen[0]).toBe(2);
  });

  it("measures a model that takes one picture at a time", async () => {
    const model = join(root, "one-by-one.onnx");
    const mapping = join(root, "mapping.json");
    writeFileSync(model, residual());
    writeFileSync(mapping, JSON.stringify(Object.fromEntries(CLASS_NAMES.map((name) => [name, 0]))));
    const told: unknown[] = [];
    const measuredBy = async (methods: string[]) => {
      const data = { data: "scenes:count=2,size=32" };
      const { batch: _, ...whatFits } = options(newFolder(), {
        ...{ model, mapping, methods, data, curves: undefined },
        onWarning: (warning) => told.push(warning),
        onProgress: ({ done }) => told.push(done),
      });
      return (await evaluated(whatFits)).methods;
    };
    const found = await measuredBy(["grad-cam", "saliency"]);
    expect(found.saliency?.averageDrop?.n).toBe(2);
    // what is guessed is told before anything is measured, and once
    expect(told).toEqual([expect.stringContaining("is assumed"), 0, 1, 2]);
    expect(found.saliency).toEqual((await measuredBy(["saliency"])).saliency);
  });

  it("records pictures that can't be read, and gives what the data allows", async () => {
    const data = newFolder();
    const generator = new SceneGenerator({ classes: ["cat", "dog"] });
    for (let i = 0; i < 4; i++) {
      const scene = await generator.scene(i);
      mkdirSync(join(data, scene.label), { recursive: true });
      writeFileSync(join(data, scene.label, `${i}.png`), await scenePng(scene));
    }
    writeFileSync(join(data, "cat", "broken.png"), "no picture");
    const found = await evaluated(options(newFolder(), { data: { data } }));
    expect(found.measured).toBe(4);
    expect(found.failed).toEqual([{ id: "cat/broken.png", error: expect.stringMatching(/broken\.png: .*picture/) }]);
    expect(found.methods["grad-cam"]?.averageDrop?.n).toBe(4);
    expect(found.methods["grad-cam"]?.iou).toBeNull();
    expect(found.reasons).toMatchObject({
      iou: "the data has no boxes or masks of objects",
      instanceRecall: "the data has no boxes or masks of objects",
    });
  });

  it("explains the predicted class where it is told to", async () => {
    const run = await runEvaluation(options(newFolder(), { target: "predicted", curves: undefined }), runtime);
    const { items } = await tableOf(run.log);
    for (const { target, predicted } of items) expect(target).toBe(predicted);
  });

  it("explains one class for all pictures, by its index or name, and takes both for the same evaluation", async () => {
    const folder = newFolder();
    const changes = { data: { data: "scenes:3" }, methods: ["grad-cam"], curves: undefined, shattering: false };
    const name = CLASS_NAMES[3] as string;
    const run = await runEvaluation(options(folder, { ...changes, target: name }), runtime);
    const { items } = await tableOf(run.log);
    expect(items.map(({ target }) => target)).toEqual([3, 3, 3]);
    expect(run.settings.target).toBe(3);
    const again = await runEvaluation(options(folder, { ...changes, target: "3" }), runtime);
    expect(again.interrupted).toBe(false);
    await expect(runEvaluation(options(folder, { ...changes, target: "label" }), runtime)).rejects.toThrow(/another/);
  });

  it.each([
    ["a class that is not there", "kat", 'target "kat": no class has this label; did you mean "cat"'],
    ["two classes", "cat,dog", 'target "cat,dog": each picture is explained for one class'],
  ])("refuses %s as the target", async (_, target, message) => {
    await expect(runEvaluation(options(newFolder(), { target }), runtime)).rejects.toThrow(message);
  });

  it("measures methods of many runs beside others", async () => {
    const changes = {
      data: { data: "scenes:count=2,size=32" },
      methods: ["score-cam", "grad-cam"],
      curves: undefined,
      shattering: false,
    };
    const found = await evaluated(options(newFolder(), changes));
    const alone = await evaluated(options(newFolder(), { ...changes, methods: ["grad-cam"] }));
    expect(found.methods["grad-cam"]).toEqual(alone.methods["grad-cam"]);
    expect(found.methods["score-cam"]?.iou?.mean).toBeGreaterThan(0);
  });

  it("compares composites, and ranks them by SaCo with an interval", async () => {
    const composites = ["epsilon-plus", "epsilon-gamma-box@gamma=0.1", { name: "mine", entries: [{ rule: "flat" }] }];
    const { methods: _, curves, ...others } = options(newFolder());
    const toCompare: EvaluationOptions = {
      ...others,
      shattering: false,
      composites,
      curves: curves && { ...curves, groups: 4 },
    };
    const found = await evaluated(toCompare);
    const names = ["epsilon-plus", "epsilon-gamma-box@gamma=0.1", "mine"];
    expect(Object.keys(found.methods)).toEqual([...names, "random"]);
    const { by, order, lead } = found.rankings.saco as Ranking;
    expect(by).toBe("saco");
    expect(order.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    const means = order.map(({ estimate }) => estimate.mean);
    expect(means).toEqual(means.toSorted((a, b) => b - a));
    const [best, second] = order as [Ranking["order"][number], Ranking["order"][number]];
    expect(Object.keys(lead).toSorted()).toEqual([...names, "random"].filter((name) => name !== best.name).toSorted());
    const { difference } = lead[second.name] as PairedMeasure;
    expect(difference.mean).toBeCloseTo(best.estimate.mean - second.estimate.mean, 9);
    expect(difference.low).toBeLessThanOrEqual(difference.high);
    expect(found.definitions.saco).toContain("4 equal groups");
    expect(found.conclusion.by).toBe("saco");
    expect(found.conclusion.because.join(" ")).toContain(`Over 6 pictures, ${best.name} reaches`);
  });

  it("finds the composites that do different things on a model, with several gammas", async () => {
    const { classifier } = await openClassifier("scenes-resnet", runtime, {});
    const { requests } = compositeRequests(classifier, "all", {}, { inputRange: { low: [-2], high: [2] } });
    const names = requests.map(({ output }) => output);
    expect(names).toContain("epsilon-plus");
    expect(names).toContain("epsilon-gamma-box@gamma=0.5");
    expect(names, "0.25 is its own").not.toContain("epsilon-gamma-box@gamma=0.25");
    expect(names, "there is no attention").not.toContain("attn-lrp-gamma");
  });

  it.each<[string, Partial<EvaluationOptions>, RegExp]>([
    ["composites of methods", { composites: "all" }, /composites and methods are given: .*leave methods out/],
    [
      "a composite next to others",
      { methods: undefined as never, composites: ["epsilon"], options: { lrp: { composite: "z-plus" } } },
      /options are set for lrp\.composite, and composites are compared/,
    ],
    ["a rank by what is left out", { rankBy: "saco", curves: undefined }, /ranked by SaCo, .*curves are left out/],
  ])("refuses %s", async (_, changes, message) => {
    await expect(runEvaluation(options(newFolder(), changes), runtime)).rejects.toThrow(message);
  });
});
