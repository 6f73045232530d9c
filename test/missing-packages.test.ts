import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { VERSION } from "@limn/core";
import { afterAll, describe, expect, it } from "vitest";

const INSTALLED = fileURLToPath(new URL("../node_modules/", import.meta.url));
const EVALUATE = fileURLToPath(new URL("../packages/evaluate/", import.meta.url));
const GUIDE = fileURLToPath(new URL("../docs/queue.md", import.meta.url));
const built = existsSync(join(EVALUATE, "dist/index.js"));

const root = mkdtempSync(join(tmpdir(), "limn-missing-"));
afterAll(() => rmSync(root, { recursive: true }));

/** An installation like this one without some packages. @returns what a program in it prints */
async function without(missing: readonly string[], program: string): Promise<string> {
  const folder = mkdtempSync(join(root, "installation-"));
  for (const name of packagesIn(INSTALLED).filter((name) => !missing.includes(name))) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(INSTALLED, name), link);
  }
  writeFileSync(join(folder, "program.mjs"), program);
  const options = ["--preserve-symlinks", "--preserve-symlinks-main"];
  return (await promisify(execFile)(process.execPath, [...options, join(folder, "program.mjs")])).stdout;
}

const packagesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(folder, name)).map((part) => `${name}/${part}`) : [name],
    );

describe.skipIf(!built)(`an installation${built ? "" : " (not built)"}`, () => {
  it("without BullMQ evaluates, and tells those who name a queue how to install it", async () => {
    const printed = await without(
      ["bullmq", "ioredis"],
      `import { runQueueWorker, throughQueue } from "@limn/evaluate";
       for (const use of [() => runQueueWorker({ queue: "redis://localhost" }), () => throughQueue("redis://localhost")({})])
         await use().catch(({ code, message }) => console.log(code, message));`,
    );
    const { bullmq, ioredis } = JSON.parse(readFileSync(join(EVALUATE, "package.json"), "utf8")).peerDependencies;
    const command = `npm install bullmq@${bullmq} ioredis@${ioredis}`;
    expect(readFileSync(GUIDE, "utf8")).toContain(`${command} `);
    const told = `not-installed a queue needs bullmq and ioredis, which do not come with Limn; run ${command} (with --global if Limn is installed globally)\n`;
    expect(printed).toBe(told + told);
  });

  it("without the embedded models takes other models, and tells where those are", async () => {
    const model = join(root, "model.onnx");
    writeFileSync(model, "");
    const printed = await without(
      ["@limn/models"],
      `import { findModel } from "@limn/node";
       console.log((await findModel(${JSON.stringify(model)})).name);
       await findModel("scenes-resnet").catch(({ code, message }) => console.log(code, message));`,
    );
    expect(printed).toBe(
      `model.onnx\nbad-model scenes-resnet: there is no such file, and no embedded model with this name; the embedded models come with npm install @limn/models@${VERSION}; or give an .onnx file, an https:// address, or the id owner/name of a model on the Hugging Face hub\n`,
    );
  });
});
