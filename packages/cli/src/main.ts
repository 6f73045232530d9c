import { createRequire } from "node:module";
import type { ErrorCode } from "@limn/core";
import { Command, CommanderError } from "commander";
import { COMMANDS } from "./commands/commands.js";
import { sayError, speak } from "./say.js";
import { formatItem, NARROWEST } from "./wrapped.js";

/** Exit codes: 0 for success, 1 for failures, 2 for a command line that can't be carried out as it stands. */
const FAILURE = 1;
const USAGE = 2;

/** Errors that only another command line, or another installation, can solve. */
const UNUSABLE: readonly ErrorCode[] = ["bad-option", "not-installed"];

/**
 * Runs one command line.
 * @param args without the interpreter and the script
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  const colored = !args.includes("--no-color");
  const color = colored && hasColors(process.stderr);
  speak({ color });
  const configured = configurator(colored);
  const program = configured(new Command("limn"))
    .description("Shows why an image classifier decided as it did.")
    .version(versionOf(), "-V, --version", "print the version")
    .option("-v, --verbose", "say more: what was found and how long it took, and stack traces of errors")
    .option("-q, --quiet", "print results and errors, and neither warnings nor progress")
    .option("--no-color", "print without colors, as with NO_COLOR in the environment")
    .option("--config <file>", "settings of a file instead of those of limn.config.json (see docs/command-line.md)")
    .helpCommand("help [command]", "show a command's options and examples")
    .addHelpText("after", EXAMPLES)
    .hook("preAction", () => speak({ ...program.opts(), color }));
  let exitCode = 0;
  const report = (code: number) => {
    exitCode = code;
  };
  const called = args.find((arg, i) => !arg.startsWith("-") && args[i - 1] !== "--config");
  const wanted = called === "help" ? args[args.indexOf(called) + 1] : called;
  try {
    let line = [...args];
    for (const [name, { summary, group, load }] of Object.entries(COMMANDS)) {
      const isWanted = name === wanted;
      // the others are only listed, or suggested for a misspelled name
      const command = configured(isWanted ? await load(report) : new Command(name))
        .description(summary)
        .helpGroup(group);
      program.addCommand(command);
      if (isWanted && takesModel(command) && !asksForHelp(args)) {
        line = (await import("./config.js")).withConfig(args, command, await load(report));
      }
    }
    await program.parseAsync(line, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    sayError(messageOf(error), error);
    return isLimnError(error) && UNUSABLE.includes(error.code) ? USAGE : FAILURE;
  }
}

const hasColors = (stream: NodeJS.WriteStream): boolean => stream.isTTY === true && stream.hasColors?.() === true;

const takesModel = (command: Command): boolean => command.registeredArguments[0]?.name() === "model";

const asksForHelp = (args: readonly string[]): boolean =>
  args[0] === "help" || args.includes("--help") || args.includes("-h");

/** Without loading the library, which takes longer than all the rest of a short command. */
const versionOf = (): string => createRequire(import.meta.url)("../package.json").version;

const isLimnError = (error: unknown): error is Error & { readonly code: ErrorCode } =>
  error instanceof Error && error.name === "LimnError";

/**
 * What all commands have in common: they do not end the process, report errors in Limn's words, and have the same help.
 * @param colored whether help has colors on terminals that have them
 */
const configurator =
  (colored: boolean) =>
  (command: Command): Command =>
    command
      .exitOverride()
      .showSuggestionAfterError(true)
      .helpOption("-h, --help", "show this help")
      .configureHelp({
        showGlobalOptions: true,
        minWidthToWrap: NARROWEST,
        formatItem,
        styleTitle: bold,
        styleCommandText: bold,
        styleOptionText: cyan,
        styleSubcommandText: cyan,
      })
      .configureOutput({
        getOutHasColors: () => colored && hasColors(process.stdout),
        getErrHasColors: () => colored && hasColors(process.stderr),
        outputError: (text) => sayError(complaint(text, command.name() === "limn" ? "limn" : `limn ${command.name()}`)),
      });

const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`;
const cyan = (text: string): string => `\u001b[36m${text}\u001b[39m`;

/** Commander's words about the command line, on one line, with the next step. */
function complaint(text: string, command: string): string {
  const [reason = "", hint] = text
    .trim()
    .replace(/^error: /, "")
    .split("\n");
  const near = /^\(Did you mean (.*)\?\)$/.exec(hint ?? "")?.[1];
  const plain = reason
    .replace(/( is invalid.*?)\. /, "$1: ")
    .replace("Allowed choices are", "give one of")
    .replace(/\.$/, "");
  return near ? `${plain}; did you mean ${near}?` : `${plain}; see ${command} --help`;
}

function messageOf(error: unknown): string {
  if (isLimnError(error)) return error.message;
  const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
  return `${reason} (this is an error in Limn itself: run the command again with --verbose, and report what it prints)`;
}

const EXAMPLES = `
Examples:
  $ limn demo --open                                     a drawn scene, explained; needs no files
  $ limn explain model.onnx cat.jpg                      maps that answer four questions, on one sheet
  $ limn explain Xenova/resnet-50 cat.jpg                with a model of the Hugging Face hub
  $ limn explain model.onnx cat.jpg --target "tabby" --labels labels.txt
  $ limn sweep model.onnx cat.jpg                        maps at every stage of the network
  $ limn inspect model.onnx cat.jpg                      what Limn sees in a file
  $ limn layers model.onnx                               what --layer may name
  $ limn compile model.onnx --method grad-cam --out explain.onnx
  $ limn scenes --count 1000 --seed 7 --out scenes       pictures whose every pixel is known

limn help COMMAND lists the options of a command, such as limn help explain.`;
