import { dirname, resolve } from "node:path";
import {
  type Classifier,
  type Combination,
  type Compiled,
  encodeForSaving,
  explainedOf,
  LimnError,
  type Shape,
} from "@limn/core";
import {
  choosePreprocessing,
  compileRequests,
  isNamed,
  labelsFor,
  loadBatched,
  loadModel,
  makeFolder,
  runnable,
  saidOf,
  stemOf,
  weightReader,
  writeFileAtomically,
} from "@limn/node";
import { Command } from "commander";
import { findModelFor } from "../find-model.js";
import {
  given,
  labelsOption,
  loadChoice,
  type MethodOptions,
  MODEL_ARGUMENT,
  type ModelOptions,
  methodsOf,
  outFile,
  outFileHelp,
  type PreprocessOptions,
  parseSettings,
  preprocessingChoice,
  runtimeOf,
  withMethodOptions,
  withModelOptions,
  withPreprocessOptions,
} from "../options.js";
import { warn } from "../say.js";

interface CompileCommandOptions extends ModelOptions, MethodOptions, PreprocessOptions {
  readonly labels?: string;
  readonly scores?: boolean;
  readonly target?: string;
  readonly out: string;
}

/** The combination of classes that --target gives; classes alone are an input of the file. */
function asked(target: string, { classes }: Classifier, labels: readonly string[] | undefined): Combination {
  const [explained, ...others] = explainedOf(target, classes, labels);
  if (typeof explained === "object" && others.length === 0) return explained;
  throw new LimnError(
    "bad-option",
    `--target ${target}: the saved file takes the class as its input "target"; give one of "-a", "a - b", "rest a" and "prob a", or leave it out`,
  );
}

export function compileCommand(): Command {
  const command = new Command("compile")
    .argument("<model>", MODEL_ARGUMENT)
    .option("--out <path>", outFileHelp("MODEL.explained.onnx"), "limn-out")
    .addOption(labelsOption("recorded in the metadata"))
    .option(
      "--target <combination>",
      'explain "-a", "a - b", "rest a" or "prob a" of classes; the file then takes no target',
    )
    .option("--scores", "also give logits and probabilities as outputs");
  return withModelOptions(withPreprocessOptions(withMethodOptions(command)))
    .addHelpText(
      "after",
      `
The saved model takes "image", the preprocessed image, and "target", the index
of the class to explain (-1: the predicted class). It gives one output per map,
and "explained", the index of the class that the maps explain. Its metadata
(limn.*) has the methods, layers, classes and the preprocessing, if that is
known.

Examples:
  $ limn compile model.onnx --method grad-cam --out grad-cam.onnx
  $ limn compile model.onnx --method saliency,grad-cam --layer stage3,last --out maps.onnx
  $ limn compile Xenova/resnet-50 --method grad-cam --out grad-cam.onnx
  $ python -c "import onnxruntime as o; print([x.name for x in o.InferenceSession('maps.onnx').get_outputs()])"`,
    )
    .action(async (model: string, options: CompileCommandOptions) => {
      const { layer: layers } = options;
      const loading = { ...loadChoice(options), ...given({ labels: options.labels }) };
      const found = await findModelFor(model, options);
      const out = outFile(options.out, `${stemOf(found.path)}.explained.onnx`);
      if (resolve(out) === resolve(found.path)) {
        throw new LimnError("bad-option", `--out ${out}: this is the file of the model itself; give another name`);
      }
      const runtime = runtimeOf(options);
      const classifier = await loadModel(found, runtime, loading);
      const methods = methodsOf(options.method);
      const loadFor = (shape: Shape) => loadModel(found, runtime, { ...loading, inputShape: shape });
      const chosen = await choosePreprocessing(preprocessingChoice(options), classifier, runtime, found.preprocessing);
      const labels = labelsFor(classifier, options.labels ?? found.labels);
      const combination = options.target === undefined ? undefined : asked(options.target, classifier, labels.labels);
      const made = compileRequests(classifier, {
        ...given({ methods, layers, combination }),
        batched: await loadBatched(classifier, methods, loadFor, options.batch),
        iterated: "loop",
        options: parseSettings(options.set),
        scores: options.scores === true,
        // a guess is not used as if it were known
        preprocessing: chosen.guessed ? undefined : chosen.preprocessing,
      });
      // a guess is not recorded as if it were known
      const known = chosen.guessed ? { preprocessing: undefined, warnings: [] } : chosen;
      warn([...classifier.warnings, ...made.warnings, ...known.warnings, ...labels.warnings]);
      const encode = (compiled: Compiled) =>
        encodeForSaving(compiled, weightReader(classifier.weights.folder ?? "."), {
          preprocessing: known.preprocessing ?? null,
          labels: (labels.assumed ? undefined : labels.labels) ?? null,
        });
      const { compiled, bytes, failures } = await runnable(made, encode, runtime);
      for (const failure of failures) {
        if (methods !== undefined && isNamed(methods))
          throw new LimnError("runtime", saidOf(failure).replace("left out ", ""));
        warn([saidOf(failure)]);
      }
      await makeFolder(dirname(out));
      await writeFileAtomically(out, bytes);
      const outputs = compiled.model.graph.outputs.map(({ name, dims }) => `  ${name} [${dims.join(", ")}]\n`);
      const target = combination ? "" : ` and target [${classifier.image.dims[0]}]`;
      const inputs = `image [${classifier.image.dims.join(", ")}]${target}`;
      process.stdout.write(`${out}: takes ${inputs}, gives\n${outputs.join("")}`);
    });
}
