import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findPictures } from "./find-pictures.js";
import { limn, Workspace } from "./testing/command-line.js";

const work = new Workspace();
afterAll(() => work.remove());
const at = (...names: string[]) => names.map((name) => work.path(name));

beforeAll(async () => {
  for (const name of ["photos/10.png", "photos/2.PNG", "photos/deep/er/1.png", "photo[1].png"])
    await work.picture(name);
  for (const name of ["photos/notes.txt", "photos/.hidden/0.png", "notes/a.txt"]) work.write(name, "no picture");
  work.tensor("photos/x.npy");
});

describe("findPictures", () => {
  it.each([
    ["a file", ["photos/10.png"], ["photos/10.png"]],
    ["a file like a pattern", ["photo[1].png"], ["photo[1].png"]],
    ["a file that is none by its name", ["photos/notes.txt"], ["photos/notes.txt"]],
    ["a folder", ["photos"], ["photos/2.PNG", "photos/10.png", "photos/deep/er/1.png", "photos/x.npy"]],
    ["a pattern", ["photos/*"], ["photos/2.PNG", "photos/10.png", "photos/x.npy"]],
    ["a deep pattern", ["photos/**/*.png"], ["photos/10.png", "photos/deep/er/1.png"]],
    ["alternatives", ["photos/{2,10}.{png,PNG}"], ["photos/2.PNG", "photos/10.png"]],
    ["files given twice", ["photos/10.png", "photos/*.png", "photos/../photos/10.png"], ["photos/10.png"]],
  ])("finds %s", async (_, given, expected) => {
    const { files, missing } = await findPictures(at(...given));
    expect(files.map((path) => join(path))).toEqual(at(...expected));
    expect(missing).toEqual([]);
  });

  it("counts what it leaves out, by kind", async () => {
    for (const name of ["mixed/a.bmp", "mixed/b.BMP", "mixed/c.heic", "mixed/scan"]) work.write(name, "unread");
    await work.picture("mixed/d.png");
    const { files, leftOut } = await findPictures(at("mixed", "mixed/*.bmp", "mixed/d.png"));
    expect(files).toEqual(at("mixed/d.png"));
    expect(leftOut).toMatch(
      /^4 files are left out, of kinds that Limn does not read \(2 \.bmp, 1 \.heic, 1 no ending\), such as .*a\.bmp; save/,
    );
    expect((await findPictures(at("mixed/d.png"))).leftOut).toBeUndefined();
    const { stderr } = await limn("explain", "no-model.onnx", ...at("mixed"));
    expect(stderr.match(/left out/g)).toHaveLength(1);
  });

  it("tells of all arguments that stand for nothing", async () => {
    const given = at("photos/10.png", "none.png", "photos/*.gif", "notes/*.txt", "notes");
    const [file, none, pattern, text, folder] = given;
    const { files, missing } = await findPictures(given);
    expect(files).toEqual([file]);
    expect(missing.map(({ error }) => error)).toEqual([
      `${none}: there is no such file; check the path`,
      `${pattern}: it matches no file`,
      `${text}: none of what it matches is a picture or a .npy tensor`,
      `${folder}: there are no pictures or .npy tensors in this folder`,
    ]);
  });
});

describe("limn explain", () => {
  it("looks at all arguments before it loads a model", async () => {
    const { code, stdout, stderr } = await limn("explain", "no-model.onnx", ...at("a.png", "b.png"));
    expect([code, stdout]).toEqual([1, ""]);
    const lines = at("a.png", "b.png").map((path) => `limn: ${path}: there is no such file; check the path\n`);
    expect(stderr).toBe(lines.join(""));
  });

  it("tells of what is missing first, and explains what is there", async () => {
    const args = ["--method", "saliency", "--preprocess", "unit", "--json", "--out", work.path("out")];
    const pictures = at("a.png", "photos/10.png", "b.png");
    const { code, stdout, stderr } = await limn("explain", work.model, ...pictures, ...args);
    expect(code).toBe(1);
    expect(stderr.trim().split("\n")).toHaveLength(2);
    expect(JSON.parse(stdout)).toMatchObject({
      results: [{ image: pictures[1] }],
      errors: [{ image: pictures[0] }, { image: pictures[2] }],
    });
  });

  it("explains what a pattern matches", async () => {
    const args = ["--method", "saliency", "--preprocess", "unit", "--json", "--out", work.path("out")];
    const { code, stdout } = await limn("explain", work.model, ...at("photos/**/*.png"), ...args);
    const { results } = JSON.parse(stdout) as { results: { image: string }[] };
    expect(code).toBe(0);
    expect(results.map(({ image }) => image)).toEqual(at("photos/10.png", "photos/deep/er/1.png"));
  });
});
