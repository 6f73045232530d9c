import { LimnError, VERSION } from "@limn/core";
import { Command, CommanderError } from "commander";
import { compileCommand } from "./commands/compile.js";
import { explainCommand } from "./commands/explain.js";
import { layersCommand } from "./commands/layers.js";

/** Exit codes: 0 for success, 1 for failures, 2 for a command line that can't be carried out as it stands. */
const FAILURE = 1;
const USAGE = 2;

/**
 * Runs one command line.
 * @param args without the interpreter and the script
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command("limn")
    .description("Shows why an image classifier decided as it did.")
    .version(VERSION, "-V, --version")
    .option("--verbose", "show stack traces of errors")
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", EXAMPLES);
  let exitCode = 0;
  const report = (code: number) => {
    exitCode = code;
  };
  for (const command of [explainCommand(report), layersCommand(), compileCommand()]) {
    program.addCommand(command.exitOverride().showSuggestionAfterError(true));
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    process.stderr.write(`limn: ${messageOf(error, args.includes("--verbose"))}\n`);
    return error instanceof LimnError && error.code === "bad-option" ? USAGE : FAILURE;
  }
}

function messageOf(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) return String(error);
  if (verbose) return error.stack ?? error.message;
  if (error instanceof LimnError) return error.message;
  return `${error.message.split("\n", 1)[0]} (this is a fault of Limn's: run again with --verbose and report what it prints)`;
}

const EXAMPLES = `
Examples:
  $ limn explain model.onnx cat.jpg                      every method that fits, one sheet
  $ limn explain model.onnx cat.jpg --target "tabby" --labels labels.txt
  $ limn layers model.onnx                               what --layer may name
  $ limn compile model.onnx --method grad-cam --out explain.onnx`;
