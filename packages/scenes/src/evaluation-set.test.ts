import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CLASS_NAMES } from "./classes.js";
import { Drawings } from "./drawings.js";
import { type EvaluationScene, evaluationScenes } from "./evaluation-set.js";
import { SEEN_FAMILIES } from "./families.js";
import { SHARP_ARTIST } from "./sharp-artist.js";

const scenes: EvaluationScene[] = [];
for await (const entry of evaluationScenes()) scenes.push(entry);

describe("evaluationScenes", () => {
  it("has each class once in each group", () => {
    const groups = ["one object", "several instances", "two classes", "small objects"] as const;
    for (const group of groups) {
      const labels = scenes.filter((entry) => entry.group === group).map(({ scene }) => scene.label);
      expect(labels.sort()).toEqual(CLASS_NAMES);
    }
    expect(scenes).toHaveLength(64);
  });

  it("shows what its groups are named for", () => {
    for (const { group, scene } of scenes) {
      const labeled = scene.objects.filter((object) => object.class === scene.label).length;
      const others = scene.objects.length - labeled;
      if (group === "one object") expect([labeled, others]).toEqual([1, 0]);
      if (group === "several instances") expect([labeled > 1, others]).toEqual([true, 0]);
      if (group === "two classes") expect([labeled, others]).toEqual([1, 1]);
      if (group === "small objects") {
        for (const { box } of scene.objects) expect(Math.max(box.width, box.height)).toBeLessThan(0.36 * scene.size);
      }
    }
  });

  it("never changes: its drawings", async () => {
    const drawings = new Drawings(SEEN_FAMILIES, 128, SHARP_ARTIST);
    const all = [...CLASS_NAMES.flatMap((name) => drawings.ofClass(name).flat()), ...drawings.ofNoClass()];
    const hash = createHash("sha256");
    for (const drawing of all) {
      const { levels } = await drawings.sprite(drawing);
      hash.update(`${drawing.family}/${drawing.name}/${levels[0]?.width}/`).update(levels[0]?.data ?? "");
    }
    expect(hash.digest("hex"), "sharp brings the drawings to other pixels, or the families changed").toBe(
      "61bcf3877c2727f78670c6b0c47bcffe90723bc3ffdbaa5f9d52c2a6e8f467f8",
    );
  });

  it("never changes: its scenes", () => {
    const hash = createHash("sha256");
    for (const { group, scene } of scenes) {
      const { label, objects, owners, pixels } = scene;
      const boxes = objects.map(({ class: name, box }) => [name, box.x, box.y, box.width, box.height]);
      hash
        .update(JSON.stringify([group, label, boxes]))
        .update(owners)
        .update(pixels);
    }
    expect(hash.digest("hex"), "the generator draws other scenes (or drawings: see above)").toBe(
      "a01bb8ee5c330df85f5adcee4efccfcd063cdb77a2ed1d0f2c717eb7f2a6995c",
    );
  });
});
