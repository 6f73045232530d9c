import type { ColorMapName, Preprocessing, PresetName } from "@limn/core";
import type { MapWish } from "../../engine/engine.js";

/** What it takes to make the same pictures elsewhere. */
export interface Recipe {
  /** An embedded model's name, or a file's. */
  readonly model: string;
  readonly photos: readonly string[];
  /** Labels or indices of classes; empty for the predicted one of each photo. */
  readonly targets: readonly string[];
  readonly wishes: readonly MapWish[];
  /** The name of a labels file. */
  readonly labels?: string;
  readonly preprocessing?: PresetName | Preprocessing;
  readonly output?: string;
  readonly scoreFunction?: "softmax" | "sigmoid" | "none";
  readonly colors?: ColorMapName;
  readonly opacity?: number;
}

const FOLDER = "limn-out";

/** The line for the terminal that makes the maps of a recipe. */
export function terminalLine(recipe: Recipe): string {
  const { model, photos, targets, labels, output, scoreFunction, colors, opacity } = recipe;
  const { methods, layers, options } = requestsOf(recipe);
  const flags: readonly (readonly [string, string | undefined])[] = [
    ...targets.map((target) => ["target", target] as const),
    ["method", methods.join(",")],
    ["layer", layers?.join(",")],
    ...Object.entries(options).flatMap(([method, values]) =>
      Object.entries(values).map(([key, value]) => ["set", `${method}.${key}=${value}`] as const),
    ),
    ["labels", labels],
    ...preprocessingFlags(recipe.preprocessing),
    ["output", output],
    ["score-function", scoreFunction],
    ["colormap", colors],
    ["opacity", opacity?.toString()],
  ];
  // what begins with a dash would be an option of its own
  const written = flags.flatMap(([name, value]) =>
    value === undefined ? [] : value.startsWith("-") ? [`--${name}=${quoted(value)}`] : [`--${name} ${quoted(value)}`],
  );
  return ["limn explain", pathOf(model), ...photos.map(pathOf), ...written].join(" ");
}

const IMPORT = 'import { onnxRuntime, PictureExplainer, saveExplanations } from "@limn/node";';

/** The program in TypeScript that makes the maps of recipes, one model after the other. */
export function typescriptLines(recipes: readonly Recipe[]): string {
  const programs = recipes.map(linesOf);
  if (programs.length === 1) return `${IMPORT}\n\n${programs[0]}\n`;
  const blocks = programs.map((lines) => `{\n${lines.replace(/^/gm, "  ")}\n}`);
  return `${[IMPORT, "", ...blocks].join("\n")}\n`;
}

function linesOf(recipe: Recipe): string {
  const { model, photos, targets, labels, preprocessing, output, scoreFunction, colors, opacity } = recipe;
  const { methods, layers, options } = requestsOf(recipe);
  const settings = entriesOf({
    methods,
    layers,
    options: Object.keys(options).length > 0 ? options : undefined,
    targets: targets.length > 0 ? targets : undefined,
    labels,
    ...(typeof preprocessing === "string" ? { preprocess: preprocessing } : { adjust: preprocessing }),
    output,
    scoreFunction,
  });
  const look = colors || opacity !== undefined ? { colormap: colors, opacity } : undefined;
  const saving = `await saveExplanations(explainer, explanations, ${literal({ folder: FOLDER, formats: ["png"], look })});`;
  const [photo] = photos;
  const explaining =
    photos.length === 1
      ? `const explanations = await explainer.explain(${JSON.stringify(photo)});\n${saving}`
      : `for (const photo of ${literal(photos)}) {\n  const explanations = await explainer.explain(photo);\n  ${saving}\n}`;
  return `const explainer = await PictureExplainer.open(${JSON.stringify(model)}, onnxRuntime(), {
${settings.map((line) => `  ${line},`).join("\n")}
});
${explaining}
await explainer.release();`;
}

/** What all wishes ask for together. */
function requestsOf({ wishes }: Recipe) {
  const layers = [...new Set(wishes.flatMap(({ layer }) => layer ?? []))];
  const chosen = wishes.flatMap(({ method, options }) => (options ? [[method, options] as const] : []));
  return {
    methods: [...new Set(wishes.map(({ method }) => method))],
    layers: layers.length > 0 ? layers : undefined,
    options: Object.fromEntries(chosen),
  };
}

function preprocessingFlags(preprocessing: Recipe["preprocessing"]): (readonly [string, string])[] {
  if (preprocessing === undefined) return [];
  if (typeof preprocessing === "string") return [["preprocess", preprocessing]];
  const { resize, resample, centerCrop, rescale, mean, std, channels } = preprocessing;
  return [
    ["resize", String(resize)],
    ["resample", resample],
    ["crop", String(centerCrop)],
    ["rescale", String(rescale)],
    ["mean", mean.join(",")],
    ["std", std.join(",")],
    ["channels", channels],
  ];
}

/** A value as one writes it in TypeScript; what is undefined is left out. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  return typeof value === "object" && value !== null ? `{ ${entriesOf(value).join(", ")} }` : JSON.stringify(value);
}

const entriesOf = (value: object): string[] =>
  Object.entries(value).flatMap(([key, one]) => {
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
    return one === undefined ? [] : [`${name}: ${literal(one)}`];
  });

/** A path that can't be taken for an option. */
const pathOf = (path: string): string => quoted(path.startsWith("-") ? `./${path}` : path);

/** A word for POSIX shells. */
const quoted = (word: string): string => (/^[\w./,:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
