import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encodeNpy } from "@limn/core";
import sharp from "sharp";
import { NetworkWriter, networks } from "../../../core/src/testing/networks.js";
import { randomNumbers } from "../../../core/src/testing/random.js";
import { main } from "../main.js";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. */
export const limn = (...args: string[]): Promise<Outcome> => begun(...args).ended;

/** Runs something that gives an exit code, and collects what it writes. */
export const outcomeOf = (run: () => Promise<number>): Promise<Outcome> => watched(run).ended;

/** A command line that runs in this process. */
export interface Begun {
  /** What it wrote to stderr so far. */
  readonly said: () => string;
  readonly ended: Promise<Outcome>;
}

export const begun = (...args: string[]): Begun => watched(() => main(args));

function watched(run: () => Promise<number>): Begun {
  const written = { stdout: "", stderr: "" };
  const restore = (["stdout", "stderr"] as const).map((name) => {
    const stream = process[name];
    const { write } = stream;
    stream.write = ((chunk: string | Uint8Array) => {
      written[name] += chunk.toString();
      return true;
    }) as typeof write;
    return () => {
      stream.write = write;
    };
  });
  const ended = run()
    .then((code) => ({ code, ...written }))
    .finally(() => {
      for (const undo of restore) undo();
    });
  return { said: () => written.stderr, ended };
}

/** A folder with models, pictures and tensors to explain, of 32 x 32 pixels and five classes. */
export class Workspace {
  readonly root = mkdtempSync(join(tmpdir(), "limn-cli-"));
  readonly model = this.write("model.onnx", networks.residual());
  readonly labels = this.write("labels.txt", "cat\ndog\nsand_piper\nkite\nkiwi\n");

  path = (...names: string[]): string => join(this.root, ...names);

  write(name: string, content: string | Uint8Array): string {
    const path = join(this.root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  folder(name: string): string {
    const path = join(this.root, name);
    mkdirSync(path);
    return path;
  }

  async picture(name: string, width = 60, height = 40): Promise<string> {
    const random = randomNumbers(name);
    const pixels = Buffer.from(Array.from({ length: width * height * 3 }, () => Math.floor(256 * random())));
    const image = sharp(pixels, { raw: { width, height, channels: 3 } });
    return this.write(name, await image.toFormat(name.endsWith(".jpg") ? "jpeg" : "png").toBuffer());
  }

  tensor(name: string, dims: readonly number[] = [1, 3, 32, 32]): string {
    const random = randomNumbers(name);
    const size = dims.reduce((product, d) => product * d, 1);
    return this.write(
      name,
      encodeNpy(
        dims,
        Float32Array.from({ length: size }, () => 2 * random() - 1),
      ),
    );
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A classifier with the given operator in its middle, for operators that Limn can't explain. */
export function withOperator(opType: string, domain = ""): Uint8Array {
  const net = new NetworkWriter("odd", [1, 3, 32, 32]);
  const x = net.node(opType, "odd", [net.conv("conv", net.image, [3, 4])], {}, domain);
  return net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 5]));
}

/** A classifier that divides by its pixels: finite until one of them is hidden. */
export function withReciprocal(): Uint8Array {
  const net = new NetworkWriter("reciprocal", [1, 3, 32, 32]);
  const A = net.relu("relu", net.conv("conv", net.node("Reciprocal", "reciprocal", [net.image]), [3, 4]));
  return net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", A)), [4, 5]));
}

/** A classifier with a weight that is not a number. */
export function withBrokenWeight(): Uint8Array {
  const net = new NetworkWriter("broken", [1, 3, 32, 32]);
  const x = net.node("Mul", "scale", [
    net.conv("conv", net.image, [3, 4]),
    net.constant("scale.weight", [1], [Number.NaN]),
  ]);
  return net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 5]));
}

/** A classifier with a second input. */
export function withTwoInputs(): Uint8Array {
  const net = new NetworkWriter("two", [1, 3, 32, 32]);
  const x = net.node("Add", "add", [net.conv("conv", net.image, [3, 4]), net.graph.addInput("mask", "float32", [1])]);
  return net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 5]));
}
