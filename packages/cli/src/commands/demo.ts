import { join } from "node:path";
import { methods } from "@limn/core";
import { DEFAULT_MODEL, EMBEDDED_MODELS } from "@limn/models";
import { makeFolder, writeFileAtomically } from "@limn/node";
import { demoScene, scenePng } from "@limn/scenes";
import { Command, Option } from "commander";
import { explain } from "./explain.js";

/** Enough points on the way that the attributions add up. */
export const SETTINGS = ["integrated-gradients.samples=1024"];

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
    .option("--out <dir>", "where results are written", "limn-out")
    .addHelpText(
      "after",
      `
It needs no files and no network. The same for pictures of your own:

  $ limn explain ${DEFAULT_MODEL} PICTURE
  $ limn explain MODEL PICTURE --target CLASS --target CLASS`,
    )
    .action(async ({ model, out }: { readonly model: string; readonly out: string }) => {
      const scene = await demoScene();
      const picture = join(out, "cat-and-dog.png");
      await makeFolder(out);
      await writeFileAtomically(picture, await scenePng(scene));
      // contrastive LRP is a variant of LRP, but people look for it by its name
      const method = Object.keys(methods).flatMap((name) => (name === "lrp" ? [name, "clrp"] : [name]));
      report(
        await explain(model, [picture], {
          method,
          set,
          target: ["cat", "dog"],
          out,
          format: ["png"],
        }),
      );
    });
}
