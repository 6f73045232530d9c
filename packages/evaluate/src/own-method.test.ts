import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compositeOf, defineMethod, defineRule, encodeNpy, type Method } from "@limn/core";
import { abs, sum } from "@limn/core/vocabulary";
import { onnxRuntime, PictureExplainer, saveExplanations } from "@limn/node";
import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";
import { noise } from "../../core/src/testing/explaining.js";
import { networks } from "../../core/src/testing/networks.js";
import { sheetOf } from "../../node/src/sheet/sheet-of.js";
import { runEvaluation } from "./evaluation/run.js";
import { throughQueue } from "./queue/through-queue.js";

const root = await mkdtemp(join(tmpdir(), "limn-own-"));
afterAll(() => rmSync(root, { recursive: true }));
const runtime = onnxRuntime({ threads: 1 });
const model = join(root, "model.onnx");
writeFileSync(model, networks.residual());
const picture = join(root, "input.npy");
const image = noise([1, 3, 32, 32]);
writeFileSync(picture, encodeNpy(image.dims, image.data as Float32Array));

const brightness = defineMethod({
  name: "brightness",
  summary: "how bright each pixel is, whatever the class",
  source: "this test 2026",
  family: "no explanation",
  usesLayer: false,
  floating: true,
  options: v.object({ power: v.optional(v.number(), 1) }),
  signed: () => false,
  map: ({ image }) => sum(abs(image), [1], false),
});

const again = defineRule({
  name: "again",
  summary: "epsilon, again",
  source: "this test 2026",
  options: v.strictObject({}),
  terms: ({ a, W, b, z }) => [{ parts: [[a, W]], bias: b, z }],
});

const againWithoutBias = defineRule({
  name: "again",
  summary: "epsilon without the bias",
  source: "this test 2026",
  options: v.strictObject({}),
  terms: ({ a, W }) => [{ parts: [[a, W]] }],
});

describe("a method of one's own", () => {
  it("explains pictures, has its family on the sheet, after Limn's, and its name in files", async () => {
    const explainer = await PictureExplainer.open(model, runtime, {
      methods: [brightness, "saliency"],
      options: { brightness: { power: 2 } },
    });
    const explanations = await explainer.explain(picture);
    const [map] = explanations[0]?.maps ?? [];
    expect(map?.request).toMatchObject({ name: "brightness", options: { power: 2 } });
    const { sheet } = await sheetOf(explainer, explanations);
    const [own, saliency] = sheet.rows[0]?.maps ?? [];
    expect([own?.family, saliency?.family]).toEqual(["no explanation", "gradients"]);
    expect(own?.range.low).toBeGreaterThan(0);
    expect(saliency?.range.low).toBe(0);
    await saveExplanations(explainer, explanations, { folder: join(root, "out"), formats: ["npy", "png"] });
    await explainer.release();
    expect(readdirSync(join(root, "out")).filter((name) => name.includes("brightness"))).not.toEqual([]);
  });

  it("is told when its options or layers are wrong", async () => {
    const opened = (options: Parameters<typeof PictureExplainer.open>[2]) =>
      PictureExplainer.open(model, runtime, options);
    await expect(opened({ methods: [brightness], options: { brightness: { pover: 2 } } })).rejects.toThrow(
      'brightness has no option "pover"; did you mean "power"?',
    );
    await expect(opened({ methods: [brightness], layers: ["stages"] })).rejects.toThrow(
      "brightness is not made at a layer that can be chosen",
    );
  });
});

describe("an evaluation", () => {
  let folders = 0;
  const evaluated = (methods: readonly (string | Method)[], changes: object = {}) =>
    runEvaluation(
      {
        model: "scenes-resnet",
        classifier: {},
        data: { data: "scenes:2" },
        methods,
        target: "label",
        masking: {},
        curves: undefined,
        shattering: false,
        sanity: undefined,
        workers: 0,
        folder: join(root, `evaluation-${folders++}`),
        ...changes,
      },
      runtime,
    );

  it("takes a method and a rule of one's own in the calling thread, and goes on where it was", async () => {
    const options = { lrp: { composite: { entries: [{ rule: again }] } } };
    const folder = join(root, "evaluation");
    const run = await evaluated([brightness, "lrp"], { options, folder });
    expect(run.interrupted).toBe(false);
    expect(JSON.parse(JSON.stringify(run.settings.maps))).toEqual([
      { method: "brightness" },
      { method: "lrp", options: { composite: { entries: [{ rule: "again" }] } } },
    ]);
    const seen: number[] = [];
    await evaluated([brightness, "lrp"], {
      options,
      folder,
      onProgress: ({ done }: { done: number }) => seen.push(done),
    });
    expect(seen).toEqual([2]);
  });

  it("goes on only with the same definition, by a method of one's own or a rule", async () => {
    const same = { folder: join(root, "definitions") };
    const definedAs = (map: typeof brightness.map, name = "brightness") =>
      defineMethod({
        name,
        summary: "a map that does not stay",
        source: "this test 2026",
        family: "no explanation",
        usesLayer: false,
        options: v.object({}),
        signed: () => false,
        map,
      });
    const sums = () => definedAs(({ image }) => sum(abs(image), [1], false));
    await evaluated([sums()], same);
    await expect(evaluated([sums()], same)).resolves.toMatchObject({ interrupted: false });
    const other = definedAs(({ image }) => sum(image, [1], false));
    await expect(evaluated([other], same)).rejects.toThrow(
      /another evaluation \(different definitions: brightness\); give the same options to go on with it, --anew/,
    );

    const named = { folder: join(root, "named-as-limn") };
    const ownGradCam = definedAs(({ image }) => sum(abs(image), [1], false), "grad-cam");
    await evaluated([ownGradCam], named);
    await expect(evaluated(["grad-cam"], named)).rejects.toThrow(/\(different definitions\)/);

    const ruled = { folder: join(root, "ruled") };
    const by = (rule: typeof again) => ({ ...ruled, options: { lrp: { composite: { entries: [{ rule }] } } } });
    await evaluated(["lrp"], by(again));
    await expect(evaluated(["lrp"], by(again))).resolves.toMatchObject({ interrupted: false });
    await expect(evaluated(["lrp"], by(againWithoutBias))).rejects.toThrow(/\(different definitions: lrp\)/);
  });

  it("of Limn's own methods begins with what it always did", async () => {
    const folder = join(root, "limn's own");
    await evaluated(["grad-cam", "lrp"], { folder });
    const [head = ""] = readFileSync(join(folder, "results.jsonl"), "utf8").split("\n");
    expect(Object.keys(JSON.parse(head).evaluation)).not.toContain("definitions");
  });

  it("can't hand them to worker threads or a queue, and says so", async () => {
    const advice = "can't be sent to worker threads or through a queue; evaluate with `workers: 0` and without a queue";
    await expect(evaluated([brightness], { workers: 2 })).rejects.toThrow(
      `a method of your own (brightness) ${advice}`,
    );
    const options = { lrp: { composite: { entries: [{ rule: again }] } } };
    const workforce = throughQueue("redis://127.0.0.1:1");
    await expect(evaluated(["lrp"], { options, workforce })).rejects.toThrow(`a rule of your own in lrp ${advice}`);
    expect(compositeOf(options.lrp.composite).entries[0]?.rule).toBe(again);
  });
});
