import { existsSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import {
  composites,
  findMethod,
  LABEL_SETS,
  LimnError,
  type LoadOptions,
  type Options,
  PRESET_NAMES,
  type Preprocessing,
  type Runtime,
  type Shape,
  type Size,
  takesComposite,
  USUAL,
} from "@limn/core";
import {
  executionProviders,
  type MethodChoice,
  onnxRuntime,
  type PixelRange,
  type PreprocessingChoice,
  readComposite,
} from "@limn/node";
import { type Command, InvalidArgumentError, Option } from "commander";
import { BY_DEFAULT, IN_MANY_RUNS, IN_ONE_RUN, METHOD_NAMES, methodsHelp } from "./method-help.js";

/** The method names of --method; if "all" is one of them, every method that fits. */
export const methodsOf = (names: readonly string[] | undefined): MethodChoice | undefined =>
  names?.includes("all") ? "all" : names;

/** Options that every command with a model has. */
export interface ModelOptions {
  readonly revision?: string;
  readonly inputShape?: Shape;
  readonly output?: string;
  readonly scoreFunction?: LoadOptions["scoreFunction"];
  readonly grid?: Size;
  readonly classes?: string;
  readonly threads?: number;
  readonly provider?: string[];
}

/** What help says about a command's model. */
export const MODEL_ARGUMENT = "an .onnx file, an embedded model's name, an https:// address or a Hugging Face id";

const SCORE_FUNCTION =
  "what that output holds, if the model does not say it: scores of classes that exclude each other, of independent labels, or values to be taken as they are";

/** Headings of options in help texts. */
export const GROUPS = {
  model: "Model:",
  preprocessing: "Pictures:",
  methods: "Methods:",
  data: "Data:",
  look: "Looks of maps:",
} as const;

/** An option that takes more than the words that help and shells may propose. */
export class SuggestingOption extends Option {
  constructor(
    flags: string,
    description: string,
    readonly words: readonly string[],
  ) {
    super(flags, description);
  }
}

/** The words that an option may have as its value, or that are proposed for it. */
export const wordsOf = (option: Option): readonly string[] =>
  option.argChoices ?? (option instanceof SuggestingOption ? option.words : []);

/** Adds options under a heading; what is added later stands under no heading, or its own. */
export function grouped(command: Command, heading: string, add: (command: Command) => Command): Command {
  const before = command.optionsGroup();
  return add(command.optionsGroup(heading)).optionsGroup(before);
}

export const withModelOptions = (command: Command): Command =>
  grouped(command, GROUPS.model, (command) =>
    command
      .option("--revision <name>", "branch, tag or commit of a Hugging Face model (default: main)")
      .option("--input-shape <n,c,h,w>", "whole shape of the input, if the model leaves sizes open", parseShape)
      .option("--output <name>", "output with the scores, if the model has several")
      .addOption(new Option("--score-function <name>", SCORE_FUNCTION).choices(["softmax", "sigmoid", "none"]))
      .option("--grid <h,w>", "grid of a transformer's tokens, if it can't be told (see limn layers)", parseGrid)
      .option(
        "--classes <file>",
        "embeddings of texts, .npy or .json, that are the classes of an image encoder such as CLIP's",
      )
      .option("--threads <n>", "threads that ONNX Runtime uses (default: one per core)", parseCount)
      .addOption(providerOption()),
  );

/** Where ONNX Runtime computes. */
export const providerOption = (): Option =>
  new SuggestingOption(
    "--provider <name,...>",
    "ONNX Runtime execution providers, first choice first (default: cpu)",
    executionProviders(),
  ).argParser(parseList);

/** Names of classes. @param more what help says of the default or the purpose */
export const labelsOption = (
  more = "default: what comes with the model, or those of the data set that it looks trained on",
): Option =>
  new SuggestingOption(
    "--labels <name|file>",
    `class names: ${LABEL_SETS.join(", ")}, or a file with one per line, or JSON (${more})`,
    LABEL_SETS,
  ).helpGroup(GROUPS.model);

/** What the options say about how the model is loaded. */
export const loadChoice = ({ inputShape, output, scoreFunction, grid }: ModelOptions) =>
  given({ inputShape, output, scoreFunction, grid });

/** Options of commands that take or record a preprocessing. */
export interface PreprocessOptions {
  readonly preprocess?: string;
  readonly resize?: Preprocessing["resize"];
  readonly resample?: string;
  readonly crop?: Preprocessing["centerCrop"];
  readonly rescale?: number;
  readonly mean?: number[];
  readonly std?: number[];
  readonly channels?: string;
}

export const withPreprocessOptions = (command: Command): Command =>
  grouped(command, GROUPS.preprocessing, (command) =>
    command
      .addOption(
        new SuggestingOption(
          "--preprocess <name|file>",
          `${PRESET_NAMES.join(", ")}, or a JSON file such as preprocessor_config.json`,
          PRESET_NAMES,
        ),
      )
      .option(
        "--resize <n|h,w|none>",
        "length of the shorter edge, or the exact size; instead of the preset's",
        parseResize,
      )
      .addOption(
        new Option("--resample <name>", "how pictures are resized").choices(["nearest", "bilinear", "bicubic"]),
      )
      .option("--crop <h,w|none>", "size that is cut out of the middle; one number for a square", parseCrop)
      .option("--rescale <factor>", "factor for the values 0 to 255, such as 1/255", parseFactor)
      .option(
        "--mean <numbers>",
        "numbers that are subtracted from the rescaled values; one, or one per channel",
        parseNumbers,
      )
      .option("--std <numbers>", "numbers that divide the result; one, or one per channel", parseNumbers)
      .addOption(new Option("--channels <order>", "what the model takes").choices(["rgb", "bgr", "gray"])),
  );

/** Options of commands that read pictures. */
export interface PictureOptions {
  readonly range?: PixelRange;
}

export const withPictureOptions = (command: Command): Command =>
  grouped(command, GROUPS.preprocessing, (command) =>
    command.option(
      "--range <low,high|auto>",
      "of pictures with more than 8 bits: the values that become black and white, such as 0,4095, or each picture's own",
      parseRange,
    ),
  );

function parseRange(text: string): PixelRange {
  if (text === "auto") return text;
  const [black, white, ...others] = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (Number.isFinite(black) && Number.isFinite(white) && others.length === 0 && black !== white) {
    return [black as number, white as number];
  }
  throw new InvalidArgumentError("give two different numbers, such as 0,4095, or auto");
}

/** What the options say about the preprocessing; core checks the values. */
export function preprocessingChoice(options: PreprocessOptions): PreprocessingChoice {
  const { preprocess, resize, resample, crop: centerCrop, rescale, mean, std, channels } = options;
  const adjust = given({ resize, resample, centerCrop, rescale, mean, std, channels }) as Partial<Preprocessing>;
  return { ...given({ preprocess }), adjust };
}

/** What help says about a --target that takes one class. */
export const TARGET = '"predicted" (the default), or a class by its index or name';

/** The same for several classes, and for combinations of them. */
export const TARGETS =
  '"predicted" (the default), or classes by their indices or names; "-a" ("- 3" for an index) for what speaks against a class, "a - b" for one rather than another, "rest a" for one against all others, "prob a" for its probability; may be repeated';

/** What help says about --out of a folder. */
export const OUT = "the folder where results are written";

/** What help says about --out of commands that write one file. */
export const outFileHelp = (name: string): string =>
  `${OUT}, there as ${name}; or, with an ending such as ${extname(name)}, the file itself`;

/**
 * The file of a command that writes one: --out names its folder, as in all commands, or the file itself, by an ending.
 * @param name what the file is called in a folder
 */
export function outFile(out: string, name: string): string {
  const isFolder = extname(out) === "" || (existsSync(out) && statSync(out).isDirectory());
  return isFolder ? join(out, name) : out;
}

/** Options of commands that make maps. */
export interface MethodOptions {
  readonly batch?: number;
  readonly method?: string[];
  readonly set?: string[];
  readonly layer?: string[];
}

/** What help says about --set. */
export const SET = "an option of a method (see below); may be repeated. A composite may be the path of a JSON file";

/** @param usual what help says about the default */
export const withMethodOptions = (command: Command, usual = BY_DEFAULT): Command =>
  grouped(command, GROUPS.methods, (command) =>
    command
      .addOption(
        methodOption(
          `methods: ${IN_ONE_RUN}; or "all" of these that fit the model (default: ${usual}). Methods that run the model many times take from seconds to minutes, and are made only if they are named: ${IN_MANY_RUNS}`,
        ),
      )
      .option(
        "--batch <n>",
        "how many pictures are classified at a time by methods that run the model many times (default: by the pictures' size)",
        parseCount,
      )
      .option("--set <method.option=value>", SET, collect)
      .option(
        "--layer <name,...>",
        'layers for methods that use one: names, stages, "stages" for all stages, "last" or indices (see limn layers)',
        parseList,
      ),
  ).addHelpText("after", () => methodsHelp());

export const methodOption = (description: string): Option =>
  new SuggestingOption("--method <name,...>", description, METHOD_NAMES).argParser(parseList);

/** A composite of relevance rules, by its name or from a file. */
export const compositeOption = (): Option =>
  new SuggestingOption("--composite <name|file>", `${COMPOSITES.join(", ")}, or a JSON file of your own`, COMPOSITES)
    .default(USUAL)
    .helpGroup(GROUPS.methods);

const COMPOSITES = [USUAL, ...Object.keys(composites)];

export const runtimeOf = ({ threads, provider }: ModelOptions): Runtime =>
  onnxRuntime({ ...(threads ? { threads } : {}), ...(provider ? { executionProviders: provider } : {}) });

/** The options that have a value; options that were not given are left out. */
export const given = <T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;

/** The entries of a list with commas, each once. */
export function parseList(text: string): string[] {
  const parts = text.split(",").map((part) => part.trim());
  const entries = [...new Set(parts.filter(Boolean))];
  if (entries.length > 0) return entries;
  throw new InvalidArgumentError("the list is empty");
}

/** Takes an option that can be given once only, and so has no default of commander's. @param advice for those who give it again */
export const once =
  (name: string, advice: string) =>
  (value: string, before?: string): string => {
    if (before === undefined) return value;
    throw new LimnError("bad-option", `${name} ${before} and ${name} ${value}: ${advice}`);
  };

export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

export function parseNumber(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError("give a number");
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError("give a positive whole number");
}

export function parseCountOrNone(text: string): number {
  const count = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isInteger(count) && count >= 0) return count;
  throw new InvalidArgumentError("give a whole number, 0 or more");
}

function parseNumbers(text: string): number[] {
  const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (numbers.every(Number.isFinite)) return numbers;
  throw new InvalidArgumentError("give numbers separated by commas, such as 0.485,0.456,0.406");
}

function parseFactor(text: string): number {
  const [over = Number.NaN, under = 1] = text.split("/").map(Number);
  const factor = over / under;
  if (Number.isFinite(factor) && factor > 0) return factor;
  throw new InvalidArgumentError("give a positive number, such as 0.00392157 or 1/255");
}

function parseResize(text: string): Preprocessing["resize"] {
  if (text === "none") return text;
  const [first, second] = parseNumbers(text) as [number, number?];
  return second === undefined ? first : [first, second];
}

function parseCrop(text: string): Preprocessing["centerCrop"] {
  const size = parseResize(text);
  return typeof size === "number" ? [size, size] : size;
}

function parseShape(text: string): number[] {
  const dims = text.split(/[,x]/).map(Number);
  if (dims.length > 1 && dims.every((d) => Number.isInteger(d) && d > 0)) return dims;
  throw new InvalidArgumentError("give positive sizes separated by commas, such as 1,3,224,224");
}

function parseGrid(text: string): Size {
  const [height = 0, width = 0, ...others] = text.split(/[,x]/).map(Number);
  if (others.length === 0 && [height, width].every((size) => Number.isInteger(size) && size > 0))
    return [height, width];
  throw new InvalidArgumentError("give the height and the width, such as 14,14");
}

/**
 * Reads settings such as `saliency.reduce=none` into options by method. An option that takes a composite also takes a
 * file's path.
 * @throws LimnError `bad-option` for any other form and for unknown methods and composites, `bad-input` for a file that
 *   holds no composite
 */
export function parseSettings(settings: readonly string[] = []): Record<string, Options> {
  const options: Record<string, Record<string, unknown>> = {};
  for (const setting of settings) {
    const match = /^([\w-]+)\.([\w-]+)=(.*)$/s.exec(setting);
    if (!match) {
      throw new LimnError("bad-option", `--set ${setting}: give METHOD.OPTION=VALUE, such as saliency.reduce=none`);
    }
    const [, method = "", option = "", value = ""] = match;
    const reads = takesComposite(findMethod(method).method, option);
    options[method] = { ...options[method], [option]: reads ? readComposite(value) : literal(value) };
  }
  return options;
}

/** A value of `true`, `false`, a number, or else text. */
function literal(text: string): unknown {
  if (text === "true") return true;
  if (text === "false") return false;
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
