import { encodeForSaving, loadClassifier } from "@limn/core";
import { choosePreprocessing, compileRequests, readLabels, readModelFile, weightReader, writeFileAtomically } from "@limn/node";
import { Command } from "commander";
import { given, type ModelOptions, parseSettings, runtimeOf, withMethodOptions, withModelOptions } from "../options.js";

interface CompileCommandOptions extends ModelOptions {
  readonly method?: string[];
  readonly set: string[];
  readonly layer?: string[];
  readonly preprocess?: string;
  readonly labels?: string;
  readonly scores?: boolean;
  readonly out: string;
}

export const compileCommand = (): Command =>
  withModelOptions(withMethodOptions(new Command("compile")))
    .description("Saves an explanation as an .onnx file of its own, which any ONNX Runtime can run.")
    .argument("<model>", "an .onnx file")
    .requiredOption("--out <file>", "where to save it")
    .option("--preprocess <name|file>", "preprocessing to record in the metadata")
    .option("--labels <file>", "labels to record in the metadata")
    .option("--scores", "also give logits and probabilities as outputs")
    .addHelpText(
      "after",
      `
The file takes "image", the preprocessed image, and "target", the class index (-1: the predicted class), and
gives one output per map. Its metadata (limn.*) names methods, layers, classes and preprocessing.

Examples:
  $ limn compile model.onnx --method grad-cam --out grad-cam.onnx
  $ limn compile model.onnx --method saliency,grad-cam --layer stage3,last --out maps.onnx
  $ python -c "import onnxruntime as o; print([x.name for x in o.InferenceSession('maps.onnx').get_outputs()])"`,
    )
    .action(async (path: string, options: CompileCommandOptions) => {
      const { inputShape, output, layer: layers, labels } = options;
      const source = readModelFile(path);
      const classifier = await loadClassifier(source, runtimeOf(options), given({ inputShape, output }));
      const methods = options.method?.includes("all") ? "all" : options.method;
      const { compiled, warnings } = compileRequests(classifier, {
        ...given({ methods, layers }),
        options: parseSettings(options.set),
        scores: options.scores === true,
      });
      const chosen = choosePreprocessing(options.preprocess, classifier);
      for (const warning of [...classifier.warnings, ...warnings]) process.stderr.write(`limn: warning: ${warning}\n`);
      const bytes = encodeForSaving(compiled, weightReader(source.weights.folder ?? "."), {
        // a guess is not recorded as if it were known
        preprocessing: chosen.warnings.length === 0 ? (chosen.preprocessing ?? null) : null,
        labels: labels === undefined ? null : readLabels(labels),
      });
      await writeFileAtomically(options.out, bytes);
      process.stdout.write(`${options.out}: image [${classifier.image.dims.join(", ")}], target -> ${compiled.maps.map((m) => m.output).join(", ")}\n`);
    });
