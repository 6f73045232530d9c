import { join } from "node:path";
import { methods } from "@limn/core";
import { DEFAULT_MODEL } from "@limn/models";
import { makeFolder, writeFileAtomically } from "@limn/node";
import { demoScene, scenePng } from "@limn/scenes";
import { Command } from "commander";
import { explain } from "./explain.js";

/** Enough points on the way that the attributions add up. */
export const SETTINGS = ["integrated-gradients.samples=1024"];

/**
 * @param report takes the exit code
 * @param set options of methods, as `limn explain --set` takes them
 */
export function demoCommand(report: (exitCode: number) => void, set: string[] = SETTINGS): Command {
  return new Command("demo")
    .option("--out <dir>", "where results are written", "limn-out")
    .addHelpText(
      "after",
      `
It needs no files and no network. The same for pictures of your own:

  $ limn explain ${DEFAULT_MODEL} PICTURE
  $ limn explain MODEL PICTURE --target CLASS --target CLASS`,
    )
    .action(async ({ out }: { readonly out: string }) => {
      const scene = await demoScene();
      const picture = join(out, "cat-and-dog.png");
      await makeFolder(out);
      await writeFileAtomically(picture, await scenePng(scene));
      // contrastive LRP is a variant of LRP, but people look for it by its name
      const method = Object.keys(methods).flatMap((name) => (name === "lrp" ? [name, "clrp"] : [name]));
      report(
        await explain(DEFAULT_MODEL, [picture], {
          method,
          set,
          target: ["cat", "dog"],
          out,
          format: ["png"],
        }),
      );
    });
}
