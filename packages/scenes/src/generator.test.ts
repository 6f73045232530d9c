import { describe, expect, it } from "vitest";
import { CLASS_NAMES } from "./classes.js";
import { Drawings } from "./drawings.js";
import { FAMILY_NAMES, SEEN_FAMILIES } from "./families.js";
import { SceneGenerator } from "./generator.js";
import type { SceneOptions } from "./options.js";
import { maskOf, type Scene } from "./scene.js";
import { SHARP_ARTIST } from "./sharp-artist.js";

async function scenesOf(options: SceneOptions, count: number): Promise<Scene[]> {
  const generator = new SceneGenerator({ size: 64, ...options });
  const scenes: Scene[] = [];
  for (let i = 0; i < count; i++) scenes.push(await generator.scene(i));
  return scenes;
}

const usual = await scenesOf({ seed: 5 }, 200);
const crowded = await scenesOf({ seed: 6, instances: [5, 5], others: [4, 4], clutter: [12, 12] }, 60);

const labeledIn = ({ label, objects }: Scene) => objects.filter((object) => object.class === label);

describe("SceneGenerator", () => {
  it("draws a scene the same whatever was drawn before it", async () => {
    const generator = new SceneGenerator({ size: 64, seed: 5 });
    for (const index of [40, 3, 40]) expect(await generator.scene(index)).toEqual(usual[index]);
    expect((await new SceneGenerator({ size: 64, seed: 6 }).scene(3)).pixels).not.toEqual(usual[3]?.pixels);
  });

  it("balances labels", () => {
    const count = CLASS_NAMES.length;
    for (let first = 0; first + count <= usual.length; first += count) {
      const labels = usual.slice(first, first + count).map(({ label }) => label);
      expect(labels.sort()).toEqual(CLASS_NAMES);
    }
  });

  it("tells of every object what its pixels say", () => {
    for (const scene of [...usual, ...crowded]) {
      const { size, owners, objects, pixels } = scene;
      expect([pixels.length, owners.length]).toEqual([3 * size * size, size * size]);
      expect(Math.max(...owners)).toBeLessThanOrEqual(objects.length);
      objects.forEach(({ box, area }, k) => {
        const places = [...maskOf(scene, k)].flatMap((own, i) => (own ? [[i % size, Math.floor(i / size)]] : []));
        expect(area).toBe(places.length);
        if (area === 0) return;
        const [xs, ys] = [places.map(([x]) => x as number), places.map(([, y]) => y as number)];
        const [x, y] = [Math.min(...xs), Math.min(...ys)];
        expect(box).toEqual({ x, y, width: Math.max(...xs) - x + 1, height: Math.max(...ys) - y + 1 });
      });
    }
  });

  it("puts the labeled objects first, and as many as asked for", () => {
    for (const scene of usual) {
      const count = labeledIn(scene).length;
      expect(scene.objects.slice(0, count)).toEqual(labeledIn(scene));
      expect([1, 2, 3]).toContain(count);
      expect([0, 1, 2]).toContain(scene.objects.length - count);
    }
    expect(new Set(usual.map((scene) => scene.objects.length))).toEqual(new Set([1, 2, 3, 4, 5]));
    for (const scene of crowded) expect([labeledIn(scene).length, scene.objects.length]).toEqual([5, 9]);
  });

  it("shows at least half of every object, in nearly all scenes", () => {
    const fair = (scenes: readonly Scene[]): number =>
      scenes.filter(({ objects }) => objects.every(({ visible }) => visible >= 0.5)).length / scenes.length;
    expect(fair(usual)).toBeGreaterThan(0.99);
    expect(fair(crowded)).toBeGreaterThan(0.9);
  });

  it("keeps to the scale", async () => {
    for (const share of [0.2, 0.5, 0.8]) {
      const options = { seed: 9, scale: [share, share], instances: [1, 1], others: [0, 0], clutter: [0, 0] } as const;
      for (const { objects, size } of await scenesOf(options, 48)) {
        const { box, visible } = objects[0] as (typeof objects)[number];
        // turned, a box grows to its diagonal; cut off by the border, it shrinks
        const extent = Math.max(box.width, box.height);
        expect(extent).toBeLessThanOrEqual(Math.SQRT2 * share * size + 2);
        if (visible > 0.98) expect(extent).toBeGreaterThanOrEqual(0.7 * share * size - 2);
      }
    }
  });

  it("makes no other object larger than the largest labeled one", async () => {
    for (const scene of await scenesOf({ seed: 11, instances: [1, 1], others: [2, 2], clutter: [0, 0] }, 100)) {
      const extents = scene.objects.map(({ box }) => Math.max(box.width, box.height));
      const [labeled = 0, ...others] = extents;
      // an upright drawing may be turned, and the labeled one cut off
      if ((scene.objects[0]?.visible ?? 0) > 0.98) {
        expect(Math.max(...others)).toBeLessThanOrEqual(2 * labeled + 2);
      }
    }
  });

  it("keeps to classes and families", async () => {
    const classes = ["dog", "cat", "bird"];
    const scenes = await scenesOf({ seed: 2, classes, families: ["twemoji", "noto"], others: [1, 2] }, 60);
    const objects = scenes.flatMap((scene) => scene.objects);
    expect(new Set(scenes.map(({ label }) => label))).toEqual(new Set(classes));
    expect(new Set(objects.map((object) => object.class))).toEqual(new Set(classes));
    expect(new Set(objects.map(({ family }) => family))).toEqual(new Set(["twemoji", "noto"]));
    const usually = new Set(usual.flatMap((scene) => scene.objects.map(({ family }) => family)));
    expect([...usually].sort()).toEqual([...SEEN_FAMILIES].sort());
    expect(SEEN_FAMILIES).toHaveLength(FAMILY_NAMES.length - 1);
  });

  it("has at least three families for every class", () => {
    const drawings = new Drawings(FAMILY_NAMES, 64, SHARP_ARTIST);
    for (const name of CLASS_NAMES) expect(drawings.ofClass(name).length, name).toBeGreaterThanOrEqual(3);
  });

  it.each([
    [{ size: 8 }, "scenes: size 8: give 32 to 1024"],
    [{ size: 64.5 }, "scenes: size 64.5: give a whole number"],
    [{ seed: -1 }, "scenes: seed -1: give 0 to 4294967295"],
    [{ scale: [0.1, 0.5] }, "scenes: scale 0.1: give 0.15 to 0.8"],
    [{ instances: [3, 1] }, "scenes: instances [3,1]: the first number must not be larger than the second"],
    [{ clutter: [0, 1.5] }, "scenes: clutter 1.5: give a whole number"],
    [{ classes: ["tutrle"] }, 'scenes: there is no class "tutrle"; did you mean "turtle"?'],
    [{ families: ["fluemt"] }, 'scenes: there is no family "fluemt"; did you mean "fluent"?'],
    [{ families: [] }, "scenes: no family is named; name one or more, or leave the option out"],
    [
      { classes: ["cat"] },
      'scenes: others [0,2]: "cat" is the only class, so there are no objects of others; name more classes, or give 0',
    ],
  ] as const)("refuses %j", (options, message) => {
    expect(() => new SceneGenerator(options)).toThrow(expect.objectContaining({ code: "bad-option", message }));
  });
});
