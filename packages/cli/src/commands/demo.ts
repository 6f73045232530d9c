import { join } from "node:path";
import { DEFAULT_MODEL, EMBEDDED_MODELS } from "@limn/models";
import { inspect, makeFolder, onnxRuntime, writeFileAtomically } from "@limn/node";
import { demoScene, scenePng } from "@limn/scenes";
import { Command, Option } from "commander";
import { OPEN } from "../open-file.js";
import { given, OUT } from "../options.js";
import { explain } from "./explain.js";

/** Enough points on the way that the attributions add up. */
export const SETTINGS = ["integrated-gradients.samples=256"];

/** What --fast shows. */
const FAST = ["grad-cam"];

interface DemoOptions {
  readonly model: string;
  readonly all?: boolean;
  readonly fast?: boolean;
  readonly out: string;
  readonly open?: boolean;
}

/**
 * @param report takes the exit code
 * @param set options of methods, as `limn explain --set` takes them
 */
export function demoCommand(report: (exitCode: number) => void, set: string[] = SETTINGS): Command {
  return new Command("demo")
    .addOption(
      new Option("--model <name>", "the model that is explained")
        .choices(Object.keys(EMBEDDED_MODELS))
        .default(DEFAULT_MODEL),
    )
    .option("--all", "every method, also those that run the model many times, which takes a minute")
    .addOption(new Option("--fast", `only ${FAST}, to see whether Limn runs`).conflicts("all"))
    .option("--out <dir>", OUT, "limn-out")
    .option("--open", OPEN)
    .addHelpText(
      "after",
      `
It needs no files and no network. The same for pictures of your own:

  $ limn explain ${DEFAULT_MODEL} PICTURE
  $ limn explain MODEL PICTURE --target CLASS --target CLASS

Examples:
  $ limn demo --open
  $ limn demo --all`,
    )
    .action(async ({ model, all, fast, out, open }: DemoOptions) => {
      const picture = join(out, "cat-and-dog.png");
      await makeFolder(out);
      await writeFileAtomically(picture, await scenePng(await demoScene()));
      const method = all ? await allFor(model) : fast ? FAST : undefined;
      report(
        await explain(model, [picture], {
          ...given({ method, open }),
          // they are of methods that only --all makes
          set: all ? set : [],
          target: ["cat", "dog"],
          out,
          format: ["png"],
        }),
      );
    });
}

/** The methods that fit a model. Contrastive LRP is a variant of LRP, but people look for it by its name. */
async function allFor(model: string): Promise<string[]> {
  const { methods } = await inspect(model, onnxRuntime());
  const fitting = methods?.filter(({ refused }) => refused === null) ?? [];
  return fitting.flatMap(({ method }) => (method === "lrp" ? [method, "clrp"] : [method]));
}
