import type { Command } from "commander";

/** A command, which is loaded only if it is called: each needs other parts of Limn, and help texts need none. */
interface Listed {
  readonly summary: string;
  /** The heading that help lists it under. */
  readonly group: string;
  /** @param report takes the exit code */
  readonly load: (report: (exitCode: number) => void) => Promise<Command>;
}

const EXPLAIN = "Explain pictures:";
const MEASURE = "Measure over a data set:";
const LOOK = "Look into a model:";
const MAKE = "Prepare:";

/** Every command by its name, in the order of the help text. */
export const COMMANDS: Readonly<Record<string, Listed>> = {
  demo: {
    summary: "Explains a drawn scene with a cat and a dog, for both classes, with a model that comes with Limn.",
    group: EXPLAIN,
    load: async (report) => (await import("./demo.js")).demoCommand(report),
  },
  explain: {
    summary: "Explains a model's decision on pictures: maps laid over them, as PNG, .npy or JSON.",
    group: EXPLAIN,
    load: async (report) => (await import("./explain.js")).explainCommand(report),
  },
  studio: {
    summary: "Opens the studio: a page in your browser to ask a model why, with your own models and photos.",
    group: EXPLAIN,
    load: async () => (await import("./studio.js")).studioCommand(),
  },
  sweep: {
    summary: "Makes maps at every stage of a network, from the first to the last, on one sheet.",
    group: EXPLAIN,
    load: async () => (await import("./sweep.js")).sweepCommand(),
  },
  evaluate: {
    summary: "Measures methods over a whole data set: which explanation can be trusted on this model and data?",
    group: MEASURE,
    load: async (report) => (await import("./evaluate.js")).evaluateCommand(report),
  },
  confusion: {
    summary: "Shows which classes a model takes for which, and what it looked at when it was wrong.",
    group: MEASURE,
    load: async (report) => (await import("./confusion.js")).confusionCommand(report),
  },
  claims: {
    summary: "Tests ten claims that the literature makes about explanations, on your own models and pictures.",
    group: MEASURE,
    load: async (report) => (await import("./claims.js")).claimsCommand(report),
  },
  worker: {
    summary:
      "Measures pictures for all evaluations (limn evaluate --queue) at a Redis server, until it is interrupted.",
    group: MEASURE,
    load: async () => (await import("./worker.js")).workerCommand(),
  },
  inspect: {
    summary: "Says what Limn sees in a model: on one page, before you explain anything.",
    group: LOOK,
    load: async (report) => (await import("./inspect.js")).inspectCommand(report),
  },
  layers: {
    summary: "Lists the layers that maps can be made at.",
    group: LOOK,
    load: async () => (await import("./layers.js")).layersCommand(),
  },
  plan: {
    summary: "Lists which relevance rule every node gets, and why.",
    group: LOOK,
    load: async () => (await import("./plan.js")).planCommand(),
  },
  check: {
    summary: "Checks explanations on your own model: the gradient by small steps, relevance by a ledger of every node.",
    group: LOOK,
    load: async (report) => (await import("./check.js")).checkCommand(report),
  },
  compile: {
    summary: "Saves an explanation as an .onnx file of its own, which any ONNX Runtime can run.",
    group: EXPLAIN,
    load: async () => (await import("./compile.js")).compileCommand(),
  },
  imagine: {
    summary: "Looks for the picture with the highest score of a class: what the model has in mind.",
    group: EXPLAIN,
    load: async (report) => (await import("./imagine.js")).imagineCommand(report),
  },
  scenes: {
    summary: "Draws labeled scenes with the exact box and mask of every object: class folders and COCO JSON.",
    group: MAKE,
    load: async (report) => (await import("./scenes.js")).scenesCommand(report),
  },
  completion: {
    summary: "Prints a script that completes commands, options and their values in a shell.",
    group: MAKE,
    load: async () => (await import("./completion.js")).completionCommand(loadAll),
  },
};

const loadAll = (): Promise<Command[]> =>
  Promise.all(
    Object.values(COMMANDS).map(async ({ summary, load }) => (await load(() => undefined)).description(summary)),
  );
