import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLASS_NAMES, maskOf, SceneGenerator } from "@limn/scenes";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { decodeRuns, maskOfRuns } from "../data/run-length.js";
import { writeScenes } from "./write-scenes.js";

const work = mkdtempSync(join(tmpdir(), "limn-scenes-"));
afterAll(() => rmSync(work, { recursive: true }));

const COUNT = 20;
const generator = new SceneGenerator({ seed: 7, size: 48, families: ["noto", "twemoji"] });

let folders = 0;
const newFolder = (): string => join(work, `${folders++}`, "scenes");

const whole = newFolder();
const written = await writeScenes(generator, { folder: whole, count: COUNT });

/** A folder's files by their names, as text that tells bytes apart. */
const contentOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => statSync(join(folder, name)).isFile())
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), "latin1")]),
  );

function copyOfWhole(): string {
  const folder = newFolder();
  cpSync(whole, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

interface Annotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox: readonly number[];
  readonly area: number;
  readonly segmentation: { readonly size: readonly number[]; readonly counts: string };
  readonly visible: number;
  readonly family: string;
  readonly drawing: string;
}

interface Document {
  readonly images: readonly { readonly id: number; readonly file_name: string; readonly label: string }[];
  readonly annotations: readonly Annotation[];
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  readonly licenses: readonly { readonly name: string; readonly family: string }[];
  readonly info: { readonly settings: unknown };
}

const documentIn = (folder: string): Document => JSON.parse(readFileSync(join(folder, "annotations.json"), "utf8"));

describe("writeScenes", () => {
  it("writes what the generator draws: pixels, boxes, masks, labels", async () => {
    expect(written).toEqual({ scenes: COUNT, drawn: COUNT });
    expect(readdirSync(whole).sort()).toEqual(["ATTRIBUTION.md", "annotations.json", "images", "scenes.jsonl"]);
    const { images, annotations, categories, licenses, info } = documentIn(whole);
    expect(info.settings).toEqual(generator.settings);
    expect(categories).toEqual(CLASS_NAMES.map((name, i) => ({ id: i + 1, name })));
    expect(licenses.map(({ name, family }) => [family, name])).toEqual([
      ["noto", "Apache-2.0"],
      ["twemoji", "CC-BY-4.0"],
    ]);
    expect(annotations.map(({ id }) => id)).toEqual(annotations.map((_, i) => i + 1));
    expect(images.map(({ id }) => id)).toEqual(Array.from({ length: COUNT }, (_, i) => i));
    for (const image of images) {
      const scene = await generator.scene(image.id);
      expect(image).toEqual({
        id: scene.index,
        file_name: `${scene.label}/${String(scene.index).padStart(6, "0")}.png`,
        width: 48,
        height: 48,
        label: scene.label,
      });
      const { data, info } = await sharp(join(whole, "images", image.file_name))
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect([info.width, info.height, info.channels]).toEqual([48, 48, 3]);
      expect(new Uint8Array(data)).toEqual(scene.pixels);
      const own = annotations.filter((annotation) => annotation.image_id === image.id);
      expect(own).toHaveLength(scene.objects.length);
      own.forEach((annotation, k) => {
        const { class: name, box, area, visible, family, drawing } = scene.objects[k] as (typeof scene.objects)[number];
        expect(categories[annotation.category_id - 1]?.name).toBe(name);
        expect(annotation).toMatchObject({ bbox: [box.x, box.y, box.width, box.height], area, iscrowd: 0 });
        expect(annotation).toMatchObject({ family, drawing, visible: expect.closeTo(visible, 4) });
        expect(annotation.segmentation.size).toEqual([48, 48]);
        expect(maskOfRuns(decodeRuns(annotation.segmentation.counts) ?? [], 48, 48)).toEqual(maskOf(scene, k));
      });
    }
  });

  it("names the authors of what it used", () => {
    const text = readFileSync(join(whole, "ATTRIBUTION.md"), "utf8");
    expect(text).toContain("| twemoji | [Twemoji](https://github.com/jdecked/twemoji) | Twitter, Inc.");
    expect(text).not.toContain("fluent");
  });

  it("tells how far it is", async () => {
    const told: string[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => told.push(`${done}/${total}`);
    const folder = newFolder();
    await writeScenes(generator, { folder, count: 2, onProgress });
    await writeScenes(generator, { folder, count: 3, resume: true, onProgress });
    expect(told).toEqual(["0/2", "1/2", "2/2", "2/3", "3/3"]);
  });

  it("has a new folder where there is nothing to resume", async () => {
    const folder = newFolder();
    expect(await writeScenes(generator, { folder, count: 1, resume: true })).toEqual({ scenes: 1, drawn: 1 });
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses a count of %d", async (count) => {
    await expect(writeScenes(generator, { folder: newFolder(), count })).rejects.toMatchObject({
      code: "bad-option",
      message: `scenes: count ${count}: give a whole number from 1`,
    });
  });

  it("refuses a folder that is not empty, or a file", async () => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "mine.txt"), "");
    await expect(writeScenes(generator, { folder, count: 1 })).rejects.toMatchObject({
      code: "bad-option",
      message: `${folder}: the folder is not empty; give --resume to go on with it, or another folder`,
    });
    await expect(writeScenes(generator, { folder, count: 1, resume: true })).rejects.toMatchObject({
      code: "bad-option",
      message: `${folder}: there is no scenes.jsonl in it to resume from; give an empty folder, or the folder of an earlier run`,
    });
    await expect(writeScenes(generator, { folder: join(folder, "mine.txt"), count: 1 })).rejects.toMatchObject({
      code: "output",
      message: expect.stringContaining("there is a file of this name; choose another folder"),
    });
    expect(readdirSync(folder)).toEqual(["mine.txt"]);
  });
});

describe("writeScenes, resumed", () => {
  it("does nothing where all is there", async () => {
    const folder = copyOfWhole();
    const before = statSync(join(folder, "annotations.json")).mtimeMs;
    expect(await writeScenes(generator, { folder, count: COUNT, resume: true })).toEqual({ scenes: COUNT, drawn: 0 });
    expect(await writeScenes(generator, { folder, count: 3, resume: true })).toEqual({ scenes: COUNT, drawn: 0 });
    expect(statSync(join(folder, "annotations.json")).mtimeMs).toBe(before);
    expect(contentOf(folder)).toEqual(contentOf(whole));
  });

  it("goes on with more scenes", async () => {
    const folder = newFolder();
    await writeScenes(generator, { folder, count: 6 });
    expect(documentIn(folder).images).toHaveLength(6);
    expect(await writeScenes(generator, { folder, count: COUNT, resume: true })).toEqual({ scenes: COUNT, drawn: 14 });
    expect(contentOf(folder)).toEqual(contentOf(whole));
  });

  it("goes on after a kill, however the log was cut", async () => {
    const log = readFileSync(join(whole, "scenes.jsonl"), "latin1");
    const ninth = log.split("\n").slice(0, 9).join("\n").length;
    for (const end of [ninth, ninth + 1, ninth + 40, log.length - 1]) {
      const folder = copyOfWhole();
      rmSync(join(folder, "annotations.json"));
      truncateSync(join(folder, "scenes.jsonl"), end);
      // a picture that was being written, and one that was written but not yet logged
      writeFileSync(join(folder, ".unfinished.png"), "half");
      appendFileSync(join(folder, "images", documentIn(whole).images[COUNT - 1]?.file_name as string), "other");
      const { drawn } = await writeScenes(generator, { folder, count: COUNT, resume: true });
      expect(drawn).toBe(end === ninth ? 13 : end < log.length - 1 ? 12 : 1);
      expect(contentOf(folder)).toEqual(contentOf(whole));
    }
  });

  it("renews annotations that a killed run left behind, and pictures that were lost", async () => {
    const folder = newFolder();
    await writeScenes(generator, { folder, count: 5 });
    const outdated = readFileSync(join(folder, "annotations.json"));
    const complete = copyOfWhole();
    rmSync(join(complete, "annotations.json"));
    expect(await writeScenes(generator, { folder: complete, count: COUNT, resume: true })).toMatchObject({ drawn: 0 });
    expect(contentOf(complete)).toEqual(contentOf(whole));
    rmSync(join(complete, "images", documentIn(whole).images[3]?.file_name as string));
    writeFileSync(join(complete, "annotations.json"), outdated);
    expect(await writeScenes(generator, { folder: complete, count: COUNT, resume: true })).toMatchObject({ drawn: 1 });
    expect(contentOf(complete)).toEqual(contentOf(whole));
  });

  it("refuses other settings, and says which differ", async () => {
    const folder = copyOfWhole();
    const other = new SceneGenerator({ seed: 8, size: 64, families: ["noto", "twemoji"] });
    await expect(writeScenes(other, { folder, count: 30, resume: true })).rejects.toMatchObject({
      code: "bad-option",
      message: `${join(folder, "scenes.jsonl")}: the scenes in it have other settings: seed 7, not 8; size 48, not 64; give the same settings, or another folder`,
    });
    expect(contentOf(folder)).toEqual(contentOf(whole));
  });

  it("refuses a damaged log", async () => {
    for (const [from, to] of [
      ["\n", "x\n"],
      ['"index":4', '"index":5'],
      ['"label":"', '"label":"x'],
    ] as const) {
      const folder = copyOfWhole();
      const log = join(folder, "scenes.jsonl");
      writeFileSync(log, readFileSync(log, "latin1").replace(from, to));
      await expect(writeScenes(generator, { folder, count: 30, resume: true })).rejects.toMatchObject({
        code: "bad-input",
        message: expect.stringMatching(/scenes\.jsonl: line \d is damaged, so the work can't go on from it/),
      });
    }
  });
});

describe("writeScenes, stopped", () => {
  it("leaves finished scenes that agree, and goes on from there", async () => {
    const folder = newFolder();
    const stop = new AbortController();
    const onProgress = ({ done }: { done: number }) => {
      if (done === 3) stop.abort();
    };
    const outcome = writeScenes(generator, { folder, count: COUNT, signal: stop.signal, onProgress });
    await expect(outcome).rejects.toMatchObject({
      code: "output",
      message: expect.stringMatching(/scenes: interrupted after \d+ of 20 scenes; --resume goes on from there$/),
    });
    const { images } = documentIn(folder);
    expect(images.length).toBeGreaterThanOrEqual(3);
    expect(images.length).toBeLessThan(COUNT);
    const pictures = Object.keys(contentOf(folder)).filter((name) => name.endsWith(".png"));
    expect(pictures.sort()).toEqual(images.map(({ file_name }) => join("images", file_name)).sort());
    await writeScenes(generator, { folder, count: COUNT, resume: true });
    expect(contentOf(folder)).toEqual(contentOf(whole));
  });

  const full = "/dev/full";
  it.skipIf(!existsSync(full))("says that the disk is full, and goes on once there is room", async () => {
    const folder = newFolder();
    await writeScenes(generator, { folder, count: 4 });
    // whatever is written to it finds no room
    symlinkSync(full, join(folder, ".unfinished.png"));
    await expect(writeScenes(generator, { folder, count: COUNT, resume: true })).rejects.toMatchObject({
      code: "output",
      message: expect.stringMatching(
        /images\/\w+\/000004\.png: it can't be written: the disk is full; make room on it \(4 of 20 scenes are finished, --resume goes on from there\)$/,
      ),
    });
    expect(documentIn(folder).images).toHaveLength(4);
    await writeScenes(generator, { folder, count: COUNT, resume: true });
    expect(contentOf(folder)).toEqual(contentOf(whole));
  });
});
