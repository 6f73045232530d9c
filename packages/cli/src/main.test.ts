import { readdirSync, readFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { limn, Workspace, withBrokenWeight, withOperator, withTwoInputs } from "./testing/command-line.js";

const work = new Workspace();
afterAll(() => work.remove());
const cat = await work.picture("cat.png");
const model = readFileSync(work.model);

const HELP = [["--help"], ["explain", "--help"], ["layers", "--help"], ["compile", "--help"], ["help", "compile"]];

describe("help", () => {
  it.each(HELP)("limn %s %s has examples and no empty defaults", async (...args) => {
    const { code, stdout, stderr } = await limn(...args.filter(Boolean));
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/Examples:\n( {2}\$ limn .*\n?)+/);
    expect(stdout).toContain("--verbose");
    expect(stdout).not.toMatch(/default: \[|undefined/);
  });

  it.each([40, 60, 80])("fits a terminal of %d columns, except for its examples", async (columns) => {
    const before = (["columns", "isTTY"] as const).map((name) => [name, process.stdout[name]] as const);
    Object.assign(process.stdout, { columns, isTTY: true });
    const { stdout } = await limn("explain", "--help", "--no-color").finally(() =>
      Object.assign(process.stdout, Object.fromEntries(before)),
    );
    const wrapped = stdout.slice(stdout.indexOf("Arguments:"), stdout.indexOf("Examples:"));
    expect(wrapped).toContain("saliency.reduce");
    expect(wrapped.split("\n").filter((line) => line.length > columns)).toEqual([]);
  });

  it("prints the version", async () => {
    expect(await limn("--version")).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it("stands in for a command line that says nothing", async () => {
    const { code, stdout, stderr } = await limn();
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Examples:");
  });
});

/** Expects one line on stderr, nothing on stdout, and nothing written. */
async function refused(args: readonly string[], code: number, message: RegExp): Promise<void> {
  const [command = "", ...rest] = args;
  const out = command === "explain" && !rest.includes("--out") ? ["--out", work.path("refused")] : [];
  const outcome = await limn(command, ...out, ...rest);
  expect(outcome).toEqual({ code, stdout: "", stderr: expect.stringMatching(message) });
  const errors = outcome.stderr.split("\n").filter((line) => line && !line.startsWith("limn: warning: "));
  expect(errors).toEqual([expect.stringMatching(/^limn: /)]);
  expect(outcome.stderr).not.toMatch(/\n {4}at |fault of Limn/);
  expect(readdirSync(work.root)).not.toContain("refused");
}

describe("a command line that can't be carried out", () => {
  const explain = (...more: string[]) => ["explain", work.model, cat, "--preprocess", "unit", ...more];
  it.each<[string, string[], RegExp]>([
    ["an unknown command", ["exlpain"], /unknown command 'exlpain'; did you mean explain\?/],
    ["no model", ["explain"], /missing required argument 'model'; see limn explain --help/],
    ["no picture", ["explain", "model.onnx"], /missing required argument 'image'; see limn explain --help/],
    ["an unknown option", explain("--metod", "cam"), /unknown option '--metod'; did you mean --method\?/],
    ["an option without its value", explain("--layer"), /option '--layer <name,...>' argument missing; see/],
    ["too many arguments", ["layers", "a.onnx", "b.onnx"], /too many arguments.*; see limn layers --help/],
    ["an unknown method", explain("--method", "gradcam"), /no method "gradcam"; did you mean "grad-cam"/],
    ["no method", explain("--method", ","), /'--method <name,...>' argument ',' is invalid: the list is empty; see/],
    ["an unknown layer", explain("--layer", "stag3"), /no layer "stag3"; did you mean "stage3"/],
    ["a layer beyond the last", explain("--layer", "999"), /no layer 999; the model has \d+: choose 0 to/],
    ["a setting in another form", explain("--set", "reduce=none"), /--set reduce=none: give METHOD\.OPTION=VALUE/],
    [
      "a setting of an unknown option",
      explain("--set", "saliency.reduse=none"),
      /no option "reduse"; did you mean "reduce"/,
    ],
    ["a setting of an unknown value", explain("--set", "saliency.reduce=nome"), /saliency\.reduce = "nome": .*none/],
    [
      "an unknown target",
      explain("--labels", work.labels, "--target", "kitte"),
      /target "kitte": .*did you mean "kite"/,
    ],
    ["a label without labels", explain("--target", "cat"), /target "cat": without a labels file, give/],
    ["a target out of range", explain("--target", "5"), /target "5": the model has 5 classes; give 0 to 4/],
    [
      "a negative target",
      explain("--target", "-2"),
      /target "-2": .* give "- 2", with a space, for what speaks against class 2/,
    ],
    [
      "an unknown preset",
      ["explain", work.model, cat, "--preprocess", "imagnet"],
      /no preprocessing "imagnet"; did you mean "imagenet"/,
    ],
    [
      "an unknown format",
      explain("--format", "png,jpg"),
      /there is no format "jpg"; give one or more of png, webp, svg, overlay, npy, json/,
    ],
    ["no threads", explain("--threads", "0"), /'--threads <n>' argument '0' is invalid: give a positive whole number/],
    [
      "a shape that is none",
      explain("--input-shape", "1,3,x"),
      /'--input-shape <n,c,h,w>' .* is invalid: give positive sizes/,
    ],
    ["a shape that does not fit", explain("--input-shape", "1,4,32,32"), /the input "input" takes \[1, 3, 32, 32\]/],
    ["a batch of several", explain("--input-shape", "2,3,32,32"), /batches of 2 pictures, .* --input-shape 1,3,32,32/],
    ["a provider that nobody knows", explain("--provider", "gpu"), /provider "gpu" is not there: .*"cpu"/],
    [
      "an unknown shell",
      ["completion", "tcsh"],
      /'tcsh' is invalid for argument 'shell': give one of bash, zsh, fish; see/,
    ],
    ["too much of a demo", ["demo", "--all", "--fast"], /'--fast' cannot be used with option '--all'/],
    ["an unknown output", explain("--output", "scores"), /no output "scores"; it has/],
  ])("%s", async (_, args, message) => {
    await refused(args, 2, message);
  });
});

describe("a model that can't be used", () => {
  const zip = "PK\u0003\u0004\u0014\0\0\0\b\0 and so on";
  it.each<[string, () => string, RegExp]>([
    ["missing", () => work.path("none.onnx"), /none\.onnx: there is no such file; check the path/],
    ["a folder", () => work.folder("dir.onnx"), /dir\.onnx: this is a folder; give the path of the \.onnx file in it/],
    ["empty", () => work.write("empty.onnx", ""), /empty\.onnx/],
    ["text", () => work.write("text.onnx", "I am no model\n"), /text\.onnx/],
    ["truncated", () => work.write("cut.onnx", model.subarray(0, model.length >> 1)), /cut\.onnx/],
    ["a zip archive", () => work.write("zip.onnx", zip), /zip\.onnx/],
    ["one with two inputs", () => work.write("two.onnx", withTwoInputs()), /2 inputs \("input", "mask"\)/],
    [
      "one whose weights are no numbers",
      () => work.write("nan.onnx", withBrokenWeight()),
      /nan\.onnx: its scores for cat\.png are not numbers: .*"scale\.weight"/,
    ],
    [
      "one with an operator that nobody knows",
      () => work.write("odd.onnx", withOperator("Frobnicate", "my.domain")),
      /odd|Frobnicate/,
    ],
  ])("%s", async (_, made, message) => {
    await refused(["explain", made(), cat, "--preprocess", "unit"], 1, message);
  });

  it("is refused by every command", async () => {
    for (const command of ["layers", "compile"]) {
      const more = command === "compile" ? ["--out", work.path("refused")] : [];
      await refused([command, work.path("none.onnx"), ...more], 1, /none\.onnx: there is no such file/);
    }
  });
});

/** A PNG that claims a size and has no pixels. */
function bomb(size: number): Uint8Array {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(1000))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

describe("a picture that can't be used", () => {
  it.each<[string, () => string, RegExp]>([
    ["missing", () => work.path("none.png"), /none\.png: there is no such file; check the path/],
    ["empty", () => work.write("empty.png", ""), /empty\.png: the file is empty; give the path of a picture/],
    [
      "truncated",
      () => work.write("cut.png", readFileSync(cat).subarray(0, 2000)),
      /cut\.png: the picture is cut off or damaged/,
    ],
    [
      "no picture",
      () => work.write("text.png", "just text"),
      /text\.png: this is not a picture that can be read; give a JPEG/,
    ],
    [
      "a decompression bomb",
      () => work.write("bomb.png", bomb(30_000)),
      /bomb\.png: the picture has 30000x30000 pixels, more than 100 million; make/,
    ],
    ["an empty folder", () => work.folder("empty"), /empty: there are no pictures or \.npy tensors in this folder/],
    ["a name with a line break", () => work.path("a\nb.png"), /a b\.png: there is no such file/],
    [
      "a tensor of another shape",
      () => work.tensor("small.npy", [1, 3, 8, 8]),
      /small\.npy: the tensor's shape is \[1, 3, 8, 8\], but the model takes \[1, 3, 32, 32\]/,
    ],
    [
      "no tensor",
      () => work.write("text.npy", "just text"),
      /text\.npy: this is not a \.npy file; write it with numpy\.save/,
    ],
  ])("%s", async (_, made, message) => {
    await refused(["explain", work.model, made(), "--preprocess", "unit"], 1, message);
  });

  it("leaves a whole document where JSON is asked for", async () => {
    const { code, stdout } = await limn(
      "explain",
      work.model,
      work.path("none.png"),
      "--json",
      "--out",
      work.path("refused"),
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      results: [],
      errors: [{ error: expect.stringContaining("no such file") }],
    });
  });
});

describe("other files that can't be used", () => {
  it.each<[string, () => string[], RegExp]>([
    ["preprocessing that is no JSON", () => ["--preprocess", work.write("p.json", "{")], /p\.json: not JSON/],
    [
      "preprocessing that is missing",
      () => ["--preprocess", work.path("none.json")],
      /none\.json: there is no such file/,
    ],
    [
      "labels that are no JSON",
      () => ["--preprocess", "unit", "--labels", work.write("l.json", "[1,")],
      /l\.json: not JSON/,
    ],
    [
      "labels that are missing",
      () => ["--preprocess", "unit", "--labels", work.path("none.txt")],
      /none\.txt: there is no such file/,
    ],
    [
      "a file where the results' folder should be",
      () => ["--preprocess", "unit", "--out", cat],
      /cat\.png: there is a file of this name.*; choose another folder/,
    ],
  ])("%s", async (_, more, message) => {
    await refused(["explain", work.model, cat, ...more()], 1, message);
  });

  it("warns of labels that are too few", async () => {
    const labels = work.write("few.txt", "cat\ndog\n");
    const { code, stderr } = await limn(
      "explain",
      work.model,
      cat,
      "--preprocess",
      "unit",
      "--labels",
      labels,
      "--method",
      "saliency",
      "--out",
      work.path("few"),
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/few\.txt: 2 labels for a model of 5 classes; they may belong to another model\n$/);
  });
});

describe("how much is said", () => {
  const explain = ["explain", work.model, cat, "--method", "saliency", "--out", work.path("said")];

  it("is where labels and preprocessing are from, and how long it took, with -v", async () => {
    const { code, stderr } = await limn(...explain, "-v");
    expect(code).toBe(0);
    expect(stderr).toMatch(/^limn: warning: preprocessing "imagenet" is assumed; see limn inspect\n/);
    expect(stderr).toMatch(/\nlimn: labels: none\nlimn: preprocessing: most classifiers.*\nlimn: loaded in \d+ ms/);
  });

  it("is nothing but results with --quiet", async () => {
    expect(await limn(...explain, "--quiet")).toMatchObject({ code: 0, stderr: "" });
  });

  it("has colors where the terminal has them, unless they are not wanted", async () => {
    const { isTTY, hasColors } = process.stderr;
    Object.assign(process.stderr, { isTTY: true, hasColors: () => true });
    const [colored, plain] = [await limn("layers", "none.onnx"), await limn("layers", "none.onnx", "--no-color")];
    Object.assign(process.stderr, { isTTY, hasColors });
    expect(colored.stderr).toContain("\u001b[31mlimn:\u001b[39m none.onnx: there is no such file");
    expect(plain.stderr).toContain("limn: none.onnx: there is no such file");
    expect(plain.stderr).not.toContain("\u001b[31m");
  });
});

describe("--verbose", () => {
  it.each([["before"], ["after"]])("prints the stack %s the command", async (where) => {
    const args = ["layers", work.path("none.onnx")];
    const { code, stderr } = await limn(...(where === "before" ? ["--verbose", ...args] : [...args, "--verbose"]));
    expect(code).toBe(1);
    expect(stderr).toMatch(/there is no such file.*\n {4}at /);
  });
});
