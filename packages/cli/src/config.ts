import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { didYouMean, LimnError, reasonOf } from "@limn/core";
import { isPictureName, readText } from "@limn/node/internal";
import type { Command } from "commander";
import { isDynamicPattern } from "tinyglobby";

/** What a project says once for all commands. Paths are relative to the file's folder. */
interface Config {
  /** As commands take it as their first argument. */
  readonly model?: string;
  /** As --labels takes it. */
  readonly labels?: string;
  /** As --preprocess takes it. */
  readonly preprocessing?: string;
  /** As --method takes them. */
  readonly methods?: readonly string[];
}

const FILE = "limn.config.json";
const KEYS = ["model", "labels", "preprocessing", "methods"] as const;

/**
 * A command line with what the project's configuration says, unless it says so itself. Labels and preprocessing belong to
 * the configured model, if there is one, and go with no other.
 * @param command takes the options
 * @param reader the same command, to read the command line with
 * @throws LimnError `bad-input` for a file that can't be read or holds anything else
 */
export function withConfig(args: readonly string[], command: Command, reader: Command): string[] {
  const named = /(?:^|\0)--config(?:=|\0)([^\0]+)/.exec(args.join("\0"))?.[1];
  const config = named === undefined ? nearest(process.cwd()) : readConfig(named, readText(named, "a configuration"));
  if (!config) return [...args];
  const { model, labels, preprocessing, methods } = config;
  const insert = model !== undefined && lacksModel(args, reader);
  if (insert || model === undefined) {
    set(command, "labels", labels);
    set(command, "preprocess", preprocessing);
  }
  set(command, "method", methods);
  const at = args.indexOf(command.name()) + 1;
  return insert ? [...args.slice(0, at), model, ...args.slice(at)] : [...args];
}

/** Gives an option that the command has a value which the command line replaces. */
function set(command: Command, name: string, value: unknown): void {
  const has = command.options.some((option) => option.attributeName() === name);
  if (has && value !== undefined) command.setOptionValueWithSource(name, value, "config");
}

/** Whether a command line names no model: its first argument is missing, or is what the second one takes. */
function lacksModel(args: readonly string[], reader: Command): boolean {
  let operands: readonly string[];
  try {
    reader
      .exitOverride()
      .configureOutput({ outputError: () => undefined })
      // the options of all commands, so that their values are not taken for arguments
      .option("-v, --verbose")
      .option("-q, --quiet")
      .option("--no-color")
      .option("--config <file>");
    operands = reader.parseOptions([...args.slice(args.indexOf(reader.name()) + 1)]).operands;
  } catch {
    // what is wrong is told when the line is carried out
    return false;
  }
  const [first] = operands;
  const [, ...others] = reader.registeredArguments;
  return first === undefined || (others.length > 0 && isInput(first));
}

const isInput = (argument: string): boolean =>
  isPictureName(argument) || /\.npy$/i.test(argument) || isDynamicPattern(argument) || isFolderOfPictures(argument);

/** A folder may be a model, as the Hugging Face hub's are. */
const isFolderOfPictures = (path: string): boolean =>
  existsSync(path) && !/\.onnx$/i.test(path) && !existsSync(join(path, "config.json")) && !hasModel(path);

const hasModel = (path: string): boolean =>
  [join(path, "model.onnx"), join(path, "onnx")].some((inside) => existsSync(inside));

/** The configuration of a folder, or of the nearest one above it that has one. */
function nearest(folder: string): Config | undefined {
  const [own, manifest] = [join(folder, FILE), join(folder, "package.json")];
  if (existsSync(own)) return readConfig(shown(own), readText(own, "a configuration"));
  if (existsSync(manifest)) {
    const text = readText(manifest, "a package.json");
    // other programs complain of one that is no JSON
    const limn = text.includes('"limn"') ? (parsed(shown(manifest), text) as { limn?: unknown }).limn : undefined;
    if (typeof limn === "object") return checked(`${shown(manifest)}, "limn"`, limn, folder);
  }
  const above = dirname(folder);
  return above === folder ? undefined : nearest(above);
}

const shown = (path: string): string => relative(process.cwd(), path) || path;

const readConfig = (path: string, text: string): Config => checked(path, parsed(path, text), dirname(resolve(path)));

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LimnError("bad-input", `${path}: not JSON (${reasonOf(error)}); correct it`, { cause: error });
  }
}

function checked(path: string, json: unknown, folder: string): Config {
  const refuse = (problem: string): never => {
    throw new LimnError("bad-input", `${path}: ${problem}`);
  };
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return refuse(`this is not a configuration; give { "model": "model.onnx", "labels": "imagenet" } or the like`);
  }
  const config: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(json)) {
    if (!KEYS.includes(key as keyof Config)) {
      return refuse(`there is no setting "${key}"; ${didYouMean(key, KEYS)}`);
    }
    if (key === "methods") {
      const isList = Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string");
      config[key] = isList ? value : refuse(`"methods": give a list of names, such as ["grad-cam", "lrp"]`);
    } else {
      config[key] = typeof value === "string" && value ? inFolder(value, folder) : refuse(`"${key}": give a text`);
    }
  }
  return config;
}

/** Names of models, labels and presets stay what they are; a file is found from wherever the command is called. */
function inFolder(value: string, folder: string): string {
  const path = resolve(folder, value);
  return existsSync(path) ? relative(process.cwd(), path) || path : value;
}
