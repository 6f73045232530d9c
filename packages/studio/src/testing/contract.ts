import { readFileSync } from "node:fs";
import type { LimnError } from "@limn/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  Engine,
  ExplainedClass,
  MapWish,
  NamedFile,
  OpenedModel,
  OpenedPicture,
  StudioMap,
  Subject,
} from "../engine/engine.js";

/** An engine that is tested, and how to end it. */
export interface TestedEngine {
  readonly engine: Engine;
  close(): Promise<void>;
}

/** What maps may differ by from those of Node, as a share of the largest value: sums of float32 in another order. */
const TOLERANCE = 1e-4;

const file = (address: URL): Uint8Array => new Uint8Array(readFileSync(address));
const network = (name: string): URL => new URL(`../../../models/networks/${name}/`, import.meta.url);
const scene = (name: string): NamedFile => ({
  name: `${name}.png`,
  bytes: file(new URL(`../../pictures/${name}.png`, import.meta.url)),
});

const ONE_MAP: readonly MapWish[] = [{ method: "grad-cam" }];

/**
 * What every engine must do, however it is reached.
 * @param open starts the engine
 * @param expected gives what Node's own says, to compare with; undefined for Node's own
 */
export function engineContract(
  name: string,
  open: () => Promise<TestedEngine>,
  expected?: () => Promise<TestedEngine>,
) {
  describe(name, () => {
    let tested: TestedEngine;
    let engine: Engine;
    let model: OpenedModel;
    let picture: OpenedPicture;
    let subject: Subject;

    beforeAll(async () => {
      tested = await open();
      ({ engine } = tested);
      model = await engine.openModel({ kind: "named", name: "scenes-resnet" });
      picture = await engine.openPicture({ kind: "named", name: "cat-and-dog" });
      subject = { model: model.handle, picture: picture.handle };
    }, 300_000);

    afterAll(() => tested?.close());

    it("says what it is", async () => {
      const about = await engine.about();
      expect(["browser", "native"]).toContain(about.kind);
      expect(about.runtime).toMatch(/wasm|onnxruntime/);
      expect(about.models.map((one) => one.name)).toContain("scenes-vit");
      expect(about.pictures.map((one) => one.name)).toContain("cat-and-dog");
    });

    it("tells of a model what limn inspect does", () => {
      expect(model.name).toBe("scenes-resnet");
      expect(model.handle).toMatch(/^[0-9a-f]{64}$/);
      expect(model.labels).toContain("cat");
      expect(model.labelsFrom).toMatch(/config\.json$/);
      expect(model.preprocessingFrom).toMatch(/preprocessor_config\.json$/);
      expect(model.inputShape).toEqual([1, 3, 128, 128]);
      expect(model.layers.filter(({ isDefault }) => isDefault)).toHaveLength(1);
      expect(model.layers.map(({ stage }) => stage)).toEqual(["stage1", "stage2", "stage3", "stage4"]);
      expect(model.usual).toContain("grad-cam");
      const gradCam = model.methods.find(({ method }) => method === "grad-cam");
      expect(gradCam).toMatchObject({ refused: null, manyRuns: false, bothSigns: { relu: false }, usesLayer: true });
      expect(model.methods.find(({ method }) => method === "rollout")?.refused).toMatch(/attention/);
      expect(model.hasAttention).toBe(false);
      expect(model.tokens).toBeUndefined();
      expect(model.warnings).toEqual([]);
    });

    it("classifies, and the probabilities are of all classes", async () => {
      const { probabilities, ranked, view } = await engine.classify(subject);
      expect(probabilities).toHaveLength(16);
      expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
      expect(ranked.slice(0, 2).map((index) => model.labels?.[index])).toEqual(["dog", "cat"]);
      expect(view).toEqual({ x: 0, y: 0, width: 384, height: 384 });
    });

    it("makes the maps of several classes in one run, the same as one by one", async () => {
      const { ranked } = await engine.classify(subject);
      const wishes: MapWish[] = [
        { method: "grad-cam" },
        { method: "saliency" },
        { method: "grad-cam", layer: "stage2" },
      ];
      const together = await engine.explain(subject, wishes, ranked.slice(0, 3));
      expect(together.map(({ name }) => name)).toEqual(ranked.slice(0, 3).map((index) => model.labels?.[index]));
      for (const one of together) {
        const [alone] = (await engine.explain(subject, wishes, [one.target])) as [ExplainedClass];
        one.maps.forEach((map, i) => {
          expect(distance(map as StudioMap, alone.maps[i] as StudioMap)).toBeLessThan(TOLERANCE);
        });
      }
      const [map, fine, other] = (together as [ExplainedClass])[0].maps as StudioMap[];
      expect(map).toMatchObject({ signed: false, pixelwise: false, layer: "stage4/relu", blank: undefined });
      expect([map?.grid.width, map?.grid.height]).toEqual([8, 8]);
      expect(map?.shown).toEqual(map?.grid);
      expect(fine).toMatchObject({ pixelwise: true, layer: undefined });
      expect(fine?.shown.data).not.toEqual(fine?.grid.data);
      expect(other?.grid.width).toBe(32);
    });

    it("explains what a person types, and what speaks for one class rather than another", async () => {
      const made = await engine.explain(subject, ONE_MAP, ["predicted", "cat - dog", "rest cat"]);
      expect(made.map(({ name }) => name)).toEqual(["dog", "cat \u2212 dog", "rest cat"]);
      await expect(engine.explain(subject, ONE_MAP, ["zebu"])).rejects.toThrow(/no class has this label/);
      await expect(engine.explain(subject, ONE_MAP, [16])).rejects.toMatchObject({
        code: "bad-option",
        message: expect.stringContaining("16 classes"),
      } satisfies Partial<LimnError>);
    });

    it("makes the other maps if one is refused", async () => {
      const wishes: MapWish[] = [{ method: "grad-cam", layer: "nowhere" }, { method: "nothing" }, ...ONE_MAP];
      const [one] = await engine.explain(subject, wishes, ["cat"]);
      expect(one?.maps[0]).toMatchObject({ refused: expect.stringContaining('"nowhere"') });
      expect(one?.maps[1]).toMatchObject({ refused: expect.stringContaining('"nothing"') });
      expect(one?.maps[2]).toHaveProperty("grid");
    });

    it("makes maps of many runs, and tells how far they are", async () => {
      const steps: number[] = [];
      const onStep = ({ done, total }: { done: number; total: number }) => steps.push(done / total);
      const wishes: MapWish[] = [{ method: "occlusion", options: { window: 64, stride: 64 } }, ...ONE_MAP];
      const [one] = (await engine.explain(subject, wishes, ["cat"], { onStep })) as [ExplainedClass];
      expect(one.maps).toHaveLength(2);
      expect((one.maps[0] as StudioMap).grid.width).toBeGreaterThan(1);
      expect(steps.length).toBeGreaterThan(0);
      expect(steps.at(-1)).toBeCloseTo(1);
    });

    it("hides what it is told to", async () => {
      const nothing = { width: 4, height: 4, data: new Float32Array(16) };
      const whole = await engine.classify(subject);
      const seen = await engine.classify(subject, { mask: nothing, by: "blur" });
      expect(largestDifference(seen.logits, whole.logits)).toBeLessThan(1e-3);
      const dog = whole.ranked[0] as number;
      // the dog is in the lower right
      const all = { ...nothing, data: nothing.data.map((_, i) => (i % 4 >= 1 ? 1 : 0)) };
      for (const by of ["blur", "mean", "gray", { picture: picture.handle }] as const) {
        const { probabilities } = await engine.classify(subject, { mask: all, by });
        if (typeof by === "string") expect(probabilities[dog]).toBeLessThan(whole.probabilities[dog] as number);
        else expect(probabilities[dog]).toBeCloseTo(whole.probabilities[dog] as number, 3);
      }
    });

    it("draws curves as they come", async () => {
      const lengths: number[] = [];
      const curves = await engine.curves(subject, { method: "grad-cam" }, 0, "blur", {
        onStep: ({ curves: { deletion } }) => lengths.push(deletion.length),
      });
      const { shares, deletion, insertion, randomDeletion, randomInsertion } = curves;
      for (const curve of [deletion, insertion, randomDeletion, randomInsertion])
        expect(curve).toHaveLength(shares.length);
      expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
      // nothing hidden, and everything shown, are the picture itself
      expect(deletion[0]).toBeCloseTo(insertion.at(-1) as number, 4);
      expect(randomDeletion[0]).toBeCloseTo(deletion[0] as number, 4);
      expect(lengths.length).toBeGreaterThan(1);
    });

    it("gives the network as a graph, and the ledger of its nodes", async () => {
      const { nodes, edges } = await engine.network(model.handle);
      expect(nodes.at(-1)).toMatchObject({ operator: "Gemm", stage: "head" });
      expect(edges.every(([from, to]) => from < to)).toBe(true);
      const ledger = await engine.ledger(subject, 0);
      const names = new Set(nodes.map((node) => node.name));
      expect(ledger.entries.every(({ node }) => names.has(node))).toBe(true);
      expect(ledger.end).toBeCloseTo(ledger.start, 2);
    });

    it("saves a file that explains by itself", async () => {
      const bytes = await engine.save(model.handle, ONE_MAP);
      expect(bytes.byteLength).toBeGreaterThan(model.bytes);
      const words = new TextDecoder("latin1").decode(bytes);
      expect(words).toContain("limn.maps");
    });

    it("opens files that are dropped, with what lies next to them, and takes corrections", async () => {
      const at = network("scenes-mobile");
      const files = ["model.onnx", "config.json", "preprocessor_config.json"].map((name) => ({
        name: `folder/${name}`,
        bytes: file(new URL(name, at)),
      }));
      const dropped = await engine.openModel({ kind: "files", files });
      expect(dropped).toMatchObject({ name: "model.onnx", labelsFrom: "folder/config.json", classes: 16 });
      const photo = await engine.openPicture({ kind: "file", file: scene("two-classes") });
      const of = { model: dropped.handle, picture: photo.handle };
      const before = await engine.classify(of);
      const labels = Array.from({ length: 16 }, (_, i) => `thing ${i}`);
      const corrected = await engine.openModel({ kind: "files", files }, { labels, preprocessing: "tf" });
      expect(corrected.handle).toBe(dropped.handle);
      expect(corrected.labels?.[3]).toBe("thing 3");
      expect(corrected.preprocessing?.mean).toEqual([0.5]);
      const after = await engine.classify(of);
      expect(largestDifference(after.logits, before.logits)).toBeGreaterThan(0.01);
      await engine.release(dropped.handle);
      await expect(engine.classify(of)).rejects.toMatchObject({ code: "bad-option" });
    });

    it("knows the labels of well-known data sets", async () => {
      const bytes = file(new URL("model.onnx", network("scenes-vgg")));
      const opened = await engine.openModel(
        { kind: "files", files: [{ name: "net.onnx", bytes }] },
        { labels: "mnist" },
      );
      expect(opened.labels?.length).toBe(10);
      expect(opened.warnings.join()).toMatch(/10 labels for a model of 16 classes/);
      await engine.release(opened.handle);
    });

    it("refuses what is no model and no picture, with the words of the command line", async () => {
      const text = { name: "<b>\u{1F415}</b>.onnx", bytes: new TextEncoder().encode("not a model") };
      await expect(engine.openModel({ kind: "files", files: [text] })).rejects.toMatchObject({ code: "bad-model" });
      await expect(engine.openModel({ kind: "files", files: [] })).rejects.toThrow(/no \.onnx file/);
      await expect(engine.openModel({ kind: "named", name: "../x" })).rejects.toMatchObject({ code: "bad-model" });
      await expect(engine.openPicture({ kind: "named", name: "/etc/passwd" })).rejects.toMatchObject({
        code: "bad-input",
      });
      await expect(engine.openPicture({ kind: "file", file: { ...text, name: "photo.png" } })).rejects.toThrow(
        /^photo\.png: this is not a picture/,
      );
      await expect(
        engine.openPicture({ kind: "file", file: { name: "a.png", bytes: new Uint8Array() } }),
      ).rejects.toThrow(/empty/);
      // what was open still is
      expect((await engine.classify(subject)).ranked).toHaveLength(16);
    });

    it("takes the pixels of a camera", async () => {
      const rgb = new Uint8Array(64 * 48 * 3).fill(90);
      const frame = await engine.openPicture({
        kind: "pixels",
        name: "camera",
        picture: { width: 64, height: 48, rgb },
      });
      const [one] = await engine.explain({ ...subject, picture: frame.handle }, ONE_MAP, ["predicted"]);
      expect(one?.maps[0]).toHaveProperty("grid");
      await engine.release(frame.handle);
    });

    it("glances at a picture: all that is said of it in one run, the same as of one that is open", async () => {
      const { rgb, width, height } = picture.picture;
      const pixels = { kind: "pixels", name: "frame", picture: { rgb, width, height } } as const;
      const glance = await engine.glance(model.handle, pixels, ONE_MAP, -1);
      expect(glance).toMatchObject({ name: "frame", picture: undefined });
      const { ranked, logits } = await engine.classify(subject);
      expect(glance.classification.ranked).toEqual(ranked);
      expect(largestDifference(glance.classification.logits, logits)).toBeLessThan(1e-3);
      const [kept] = (await engine.explain(subject, ONE_MAP, ["predicted"])) as [ExplainedClass];
      expect(glance.explained.target).toBe(kept.target);
      expect(distance(glance.explained.maps[0] as StudioMap, kept.maps[0] as StudioMap)).toBeLessThan(TOLERANCE);
      const read = await engine.glance(model.handle, { kind: "file", file: scene("two-classes") }, ONE_MAP, 3);
      expect(read.picture?.width).toBe(128);
      expect(read.explained.target).toBe(3);
    });

    it("rejects what is called off, and goes on with the rest", async () => {
      const stop = new AbortController();
      const long = engine.sanity(subject, { method: "grad-cam" }, 0, { signal: stop.signal });
      const rejected = expect(long).rejects.toThrow("enough");
      stop.abort(new Error("enough"));
      await rejected;
      expect((await engine.classify(subject)).ranked).toHaveLength(16);
    });

    it("explains transformers, and says what their tokens are", async () => {
      const vit = await engine.openModel({ kind: "named", name: "scenes-vit" });
      expect(vit.tokens).toEqual({ before: 1, width: 8, height: 8 });
      expect(vit.hasAttention).toBe(true);
      const of = { ...subject, model: vit.handle };
      const wishes: MapWish[] = [{ method: "rollout" }, ...ONE_MAP];
      const [one] = (await engine.explain(of, wishes, ["predicted"])) as [ExplainedClass];
      expect((one.maps[0] as StudioMap).grid.width).toBe(8);
      expect(one.maps[1]).toHaveProperty("grid");
      await engine.release(vit.handle);
    }, 300_000);

    if (!expected) return;

    it("makes the maps that Node makes", async () => {
      const node = await expected();
      try {
        for (const name of ["scenes-resnet", "scenes-mobile"]) {
          const [here, there] = [engine, node.engine];
          const all = await Promise.all(
            [here, there].map(async (one) => {
              const { handle } = await one.openModel({ kind: "named", name });
              const { handle: photo } = await one.openPicture({ kind: "file", file: scene("two-classes") });
              const wishes: MapWish[] = ["grad-cam", "saliency", "lrp"].map((method) => ({ method }));
              return one.explain({ model: handle, picture: photo }, wishes, ["elephant", "bird"]);
            }),
          );
          const [page, native] = all as [readonly ExplainedClass[], readonly ExplainedClass[]];
          native.forEach(({ maps, probability }, k) => {
            expect(page[k]?.probability).toBeCloseTo(probability, 4);
            maps.forEach((map, i) => {
              expect(distance(page[k]?.maps[i] as StudioMap, map as StudioMap)).toBeLessThan(TOLERANCE);
            });
          });
        }
      } finally {
        await node.close();
      }
    }, 300_000);
  });
}

/** The largest difference of two maps, as a share of the second one's largest value. */
function distance({ grid: a }: StudioMap, { grid: b }: StudioMap): number {
  const largest = b.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return largestDifference(a.data, b.data) / largest;
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length ? a.reduce((most, v, i) => Math.max(most, Math.abs(v - (b[i] as number))), 0) : Number.NaN;
