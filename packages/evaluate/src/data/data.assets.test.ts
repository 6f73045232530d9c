import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readLabels, readWordnetIds } from "@limn/node";
import { describe, expect, it } from "vitest";
import { type AnnotatedPhotos, cocoDocument } from "../testing/coco-photos.js";
import { DataFolder } from "../testing/data-folder.js";
import { matchLabels } from "./match-labels.js";
import { openData } from "./open-data.js";

const assets = process.env.LIMN_ASSETS;

interface Photo {
  readonly kind: string;
  readonly file: string;
  readonly imagenet: number;
  readonly wnid: string;
}

const extent = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];

describe.skipIf(!assets)(assets ? "photos" : "photos (skipped: LIMN_ASSETS names no folder)", () => {
  const at = (path: string) => join(assets ?? "", path);
  const read = <T>(path: string): T => JSON.parse(readFileSync(at(path), "utf8"));
  const folder = new DataFolder();
  const labels = { classes: 1000, labels: assets ? readLabels(at("labels/imagenet1000.json")) : [] };

  it("of COCO have boxes and polygons, and ImageNet's classes by a mapping", async () => {
    const { images, coco_to_imagenet: mapping } = read<AnnotatedPhotos>("photos/coco/annotations.json");
    const data = await openData({
      data: folder.write("coco.json", JSON.stringify(cocoDocument(images))),
      pictures: at("photos/coco"),
    });
    expect(data).toMatchObject({ objects: "masks", warnings: [] });
    expect(data.items).toHaveLength(40);
    for (const [index, { boxes, polygons }] of images.entries()) {
      const { objects, warnings } = await data.open(index);
      expect([objects.length, warnings]).toEqual([boxes.length + polygons.length, []]);
      for (const [k, { polygon }] of polygons.entries()) {
        const { box } = objects[boxes.length + k] as (typeof objects)[number];
        const [left, right] = extent(polygon.filter((_, i) => i % 2 === 0));
        const [top, bottom] = extent(polygon.filter((_, i) => i % 2 === 1));
        expect(box.x).toBeGreaterThan(left - 1);
        expect(box.y).toBeGreaterThan(top - 1);
        expect(box.x + box.width).toBeLessThan(right + 1);
        expect(box.y + box.height).toBeLessThan(bottom + 1);
      }
    }
    const match = matchLabels(data, { ...labels, mapping: folder.write("mapping.json", JSON.stringify(mapping)) });
    expect(match.classesOf("traffic light")).toEqual([920]);
    expect(match.classesOf("potted plant")).toEqual(mapping["potted plant"]);
    expect(match.warnings.join()).toMatch(/^(|COCO annotations .* of \d+ classes are not classes of the model: .*)$/);
  });

  it("of ImageNet are known by their WordNet ids", async () => {
    const photos = read<Photo[]>("photos.json").filter(({ kind }) => kind === "imagenet");
    const rows = photos.map(({ file, wnid }) => `${basename(file)},${wnid}`);
    const list = folder.write("list.csv", `path,label\n${rows.join("\n")}\n`);
    const data = await openData({ data: list, pictures: at("photos/imagenet") });
    const { classesOf } = matchLabels(data, { ...labels, wordnet: readWordnetIds(at("labels/imagenet1000.json")) });
    expect(data.items.map(({ label = "" }) => classesOf(label))).toEqual(photos.map(({ imagenet }) => [imagenet]));
    const { picture } = await data.open(0);
    expect([picture.width, picture.height]).toEqual([500, 375]);
  });
});
