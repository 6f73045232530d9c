import { createRequire } from "node:module";
import type { ErrorCode } from "@limn/core";
import { Command, CommanderError } from "commander";
import { COMMANDS } from "./commands/commands.js";
import { say } from "./say.js";

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
  const program = configured(new Command("limn"))
    .description("Shows why an image classifier decided as it did.")
    .version(versionOf(), "-V, --version", "print the version")
    .option("--verbose", "show stack traces of errors")
    .helpCommand("help [command]", "show a command's options and examples")
    .addHelpText("after", EXAMPLES);
  let exitCode = 0;
  const report = (code: number) => {
    exitCode = code;
  };
  const called = args.find((arg) => !arg.startsWith("-"));
  const wanted = called === "help" ? args[args.indexOf(called) + 1] : called;
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    // the others are only listed, or suggested for a misspelled name
    const command = name === wanted ? await load(report) : new Command(name);
    program.addCommand(configured(command.description(summary)));
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    const verbose = program.opts<{ verbose?: boolean }>().verbose === true;
    if (verbose && error instanceof Error) process.stderr.write(`limn: ${error.stack}\n`);
    else say(messageOf(error));
    return isLimnError(error) && UNUSABLE.includes(error.code) ? USAGE : FAILURE;
  }
}

/** Without loading the library, which takes longer than all the rest of a short command. */
const versionOf = (): string => createRequire(import.meta.url)("../package.json").version;

const isLimnError = (error: unknown): error is Error & { readonly code: ErrorCode } =>
  error instanceof Error && error.name === "LimnError";

/** What all commands have in common: they do not end the process, report errors in Limn's words, and have the same help. */
const configured = (command: Command): Command =>
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .helpOption("-h, --help", "show this help")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      outputError: (text) => say(complaint(text, command.name() === "limn" ? "limn" : `limn ${command.name()}`)),
    });

/** Commander's words about the command line, on one line, with the next step. */
function complaint(text: string, command: string): string {
  const [reason = "", hint] = text
    .trim()
    .replace(/^error: /, "")
    .split("\n");
  const near = /^\(Did you mean (.*)\?\)$/.exec(hint ?? "")?.[1];
  const plain = reason.replace(/ is invalid\. /, " is invalid: ").replace(/\.$/, "");
  return near ? `${plain}; did you mean ${near}?` : `${plain}; see ${command} --help`;
}

function messageOf(error: unknown): string {
  if (isLimnError(error)) return error.message;
  const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
  return `${reason} (this is an error in Limn itself: run the command again with --verbose, and report what it prints)`;
}

const EXAMPLES = `
Examples:
  $ limn demo                                            every method on a drawn scene; needs no files
  $ limn explain model.onnx cat.jpg                      every method that fits, on one sheet
  $ limn explain microsoft/resnet-50 cat.jpg             with a model of the Hugging Face hub
  $ limn explain model.onnx cat.jpg --target "tabby" --labels labels.txt
  $ limn sweep model.onnx cat.jpg                        maps at every stage of the network
  $ limn inspect model.onnx cat.jpg                      what Limn sees in a file
  $ limn layers model.onnx                               what --layer may name
  $ limn compile model.onnx --method grad-cam --out explain.onnx
  $ limn scenes --count 1000 --seed 7 --out scenes       pictures whose every pixel is known

limn help COMMAND lists the options of a command, such as limn help explain.`;
