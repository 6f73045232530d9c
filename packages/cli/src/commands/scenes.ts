import { LimnError } from "@limn/core";
import { writeScenes } from "@limn/evaluate";
import {
  CLASS_NAMES,
  FAMILY_NAMES,
  LIMITS,
  type Range,
  SceneGenerator,
  type SceneOptions,
  settingsOf,
} from "@limn/scenes";
import { Command, InvalidArgumentError } from "commander";
import { INTERRUPTED, interruptible } from "../interrupt.js";
import { given, OUT, parseList, parseNumber } from "../options.js";
import { Progress } from "../progress.js";
import { say } from "../say.js";

interface ScenesOptions extends Required<SceneOptions> {
  readonly count: number;
  readonly out: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** @param report takes the exit code if the work was interrupted */
export function scenesCommand(report: (exitCode: number) => void): Command {
  const { seed, size, instances, others, scale, clutter, families } = settingsOf();
  return new Command("scenes")
    .requiredOption("--count <n>", "how many scenes the folder holds in the end", parseNumber)
    .requiredOption("--out <dir>", `${OUT}: a new or empty one`)
    .option("--seed <n>", "the same seed and options give the same scenes", parseNumber, seed)
    .option("--size <n>", `width and height in pixels, ${shown(LIMITS.size)}`, parseNumber, size)
    .option(
      "--instances <a-b>",
      `objects of the labeled class, ${shown(LIMITS.instances)} (default: ${shown(instances)})`,
      parseRange,
    )
    .option(
      "--others <a-b>",
      `objects of other classes, ${shown(LIMITS.others)} (default: ${shown(others)})`,
      parseRange,
    )
    .option(
      "--scale <a-b>",
      `an object's longer side as a share of the picture's (default: ${shown(scale)})`,
      parseRange,
    )
    .option("--clutter <a-b>", `things of no class, ${shown(LIMITS.clutter)} (default: ${shown(clutter)})`, parseRange)
    .option("--classes <name,...>", `classes, of ${CLASS_NAMES.join(", ")} (default: all)`, parseList)
    .option(
      "--families <name,...>",
      `icon families, of ${FAMILY_NAMES.join(", ")} (default: all but ${unused(families)})`,
      parseList,
    )
    .option("--resume", "go on in a folder after an interruption, or add scenes to it")
    .option("--json", "print JSON")
    .addHelpText("after", HELP)
    .action(async (options: ScenesOptions) => report(await scenes(options)));
}

/** @returns the exit code */
function scenes({ count, out: folder, resume, json, ...options }: ScenesOptions): Promise<number> {
  const generator = new SceneGenerator(options);
  const progress = new Progress();
  return interruptible(async (signal) => {
    try {
      const { scenes: total, drawn } = await writeScenes(generator, {
        folder,
        count,
        ...given({ resume }),
        signal,
        onProgress: ({ done, total }) => progress.bar("drawing", done, total, "scenes"),
      });
      progress.clear();
      if (json) {
        process.stdout.write(
          `${JSON.stringify({ folder, scenes: total, drawn, settings: generator.settings }, null, 1)}\n`,
        );
      } else {
        process.stdout.write(`${folder}: ${outcome(total, drawn)}\n`);
      }
      return 0;
    } catch (error) {
      progress.clear();
      if (!signal.aborted || !(error instanceof LimnError)) throw error;
      say(error.message);
      return INTERRUPTED;
    }
  });
}

function outcome(total: number, drawn: number): string {
  if (drawn === 0) return `${scenesOf(total)} are there already; nothing is left to do`;
  return `${scenesOf(total)}${drawn < total ? `, ${drawn} of them drawn now` : ""}; images/, annotations.json`;
}

const scenesOf = (count: number): string => (count === 1 ? "1 scene" : `${count} scenes`);

const shown = ([least, most]: Range): string => `${least}-${most}`;

const unused = (families: readonly string[]): string =>
  FAMILY_NAMES.filter((name) => !families.includes(name)).join(", ");

/** One number stands for both ends. */
function parseRange(text: string): Range {
  const [, least, most = least] = /^([\d.]+)(?:-([\d.]+))?$/.exec(text.trim()) ?? [];
  const range = [Number(least), Number(most)] as const;
  if (range.every(Number.isFinite)) return range;
  throw new InvalidArgumentError("give the least and the most, such as 1-3, or one number");
}

const HELP = `
In the folder, images/CLASS/000042.png is scene 42, with the label CLASS;
annotations.json has boxes and masks in COCO's format (file names are relative
to images); scenes.jsonl is the log that --resume needs; ATTRIBUTION.md names
the authors and licenses of the drawings.

Examples:
  $ limn scenes --count 1000 --seed 7 --size 128 --out scenes
  $ limn scenes --count 5000 --seed 7 --size 128 --out scenes --resume
  $ limn scenes --count 200 --classes cat,dog --instances 1 --others 1 --out cats-and-dogs
  $ limn scenes --count 200 --scale 0.15-0.25 --clutter 3-8 --families twemoji --out small`;
