import { resolve } from "node:path";
import {
  type Compiled,
  encodeForSaving,
  isIterated,
  LimnError,
  nameOfMethod,
  type Runtime,
  type Shape,
} from "@limn/core";
import {
  type CompiledRequests,
  choosePreprocessing,
  compileRequests,
  labelsFor,
  loadBatched,
  loadModel,
  type MethodFailure,
  saidOf,
  weightReader,
  writeFileAtomically,
} from "@limn/node";
import { Command } from "commander";
import { findModelFor } from "../find-model.js";
import {
  given,
  type MethodOptions,
  MODEL_ARGUMENT,
  type ModelOptions,
  methodsOf,
  type PreprocessOptions,
  parseSettings,
  preprocessingChoice,
  runtimeOf,
  withMethodOptions,
  withModelOptions,
  withPreprocessOptions,
} from "../options.js";
import { say } from "../say.js";

interface CompileCommandOptions extends ModelOptions, MethodOptions, PreprocessOptions {
  readonly labels?: string;
  readonly scores?: boolean;
  readonly out: string;
}

export function compileCommand(): Command {
  const command = new Command("compile")
    .description("Saves an explanation as an .onnx file of its own, which any ONNX Runtime can run.")
    .argument("<model>", MODEL_ARGUMENT)
    .requiredOption("--out <file>", "where to save it")
    .option("--labels <file>", "labels to record in the metadata")
    .option("--scores", "also give logits and probabilities as outputs");
  return withModelOptions(withPreprocessOptions(withMethodOptions(command)))
    .addHelpText(
      "after",
      `
The file takes "image", the preprocessed image, and "target", the class index (-1: the predicted class), and
gives one output per map, and "explained", the class index that the maps explain. Its metadata (limn.*) names methods, layers, classes and the preprocessing that the options give.

Examples:
  $ limn compile model.onnx --method grad-cam --out grad-cam.onnx
  $ limn compile model.onnx --method saliency,grad-cam --layer stage3,last --out maps.onnx
  $ limn compile microsoft/resnet-50 --method grad-cam --out grad-cam.onnx
  $ python -c "import onnxruntime as o; print([x.name for x in o.InferenceSession('maps.onnx').get_outputs()])"`,
    )
    .action(async (model: string, options: CompileCommandOptions) => {
      const { inputShape, output, layer: layers } = options;
      const found = await findModelFor(model, options);
      if (resolve(options.out) === resolve(found.path)) {
        throw new LimnError("bad-option", `--out ${options.out}: this is the model itself; give another name`);
      }
      const runtime = runtimeOf(options);
      const classifier = await loadModel(found, runtime, given({ inputShape, output }));
      const methods = methodsOf(options.method);
      const loadFor = (shape: Shape) => loadModel(found, runtime, { ...given({ output }), inputShape: shape });
      const chosen = choosePreprocessing(preprocessingChoice(options), classifier, found.preprocessing);
      const made = compileRequests(classifier, {
        ...given({ methods, layers }),
        batched: await loadBatched(classifier, methods, loadFor, options.batch),
        iterated: "loop",
        options: parseSettings(options.set),
        scores: options.scores === true,
        // a guess is not used as if it were known
        preprocessing: chosen.guessed ? undefined : chosen.preprocessing,
      });
      const labels = labelsFor(classifier, options.labels ?? found.labels);
      // a guess is not recorded as if it were known
      const known = chosen.guessed ? { preprocessing: undefined, warnings: [] } : chosen;
      for (const warning of [...classifier.warnings, ...made.warnings, ...known.warnings, ...labels.warnings]) {
        say(`warning: ${warning}`);
      }
      const encode = (compiled: Compiled) =>
        encodeForSaving(compiled, weightReader(classifier.weights.folder ?? "."), {
          preprocessing: known.preprocessing ?? null,
          labels: labels.labels ?? null,
        });
      const { compiled, bytes, failures } = await runnable(made, encode, runtime);
      for (const failure of failures) {
        if ((methods ?? "all") !== "all") throw new LimnError("runtime", saidOf(failure).replace("left out ", ""));
        say(`warning: ${saidOf(failure)}`);
      }
      await writeFileAtomically(options.out, bytes);
      const outputs = compiled.model.graph.outputs.map(({ name, dims }) => `  ${name} [${dims.join(", ")}]\n`);
      const inputs = `image [${classifier.image.dims.join(", ")}] and target [${classifier.image.dims[0]}]`;
      process.stdout.write(`${options.out}: takes ${inputs}, gives\n${outputs.join("")}`);
    });
}

/** A graph, and the file that is to be of it. */
interface Saved {
  readonly compiled: Compiled;
  readonly bytes: Uint8Array;
}

/**
 * The file of those methods that ONNX Runtime can run, tried out before anyone is told that it is there.
 * @throws LimnError `runtime` with ONNX Runtime's reason where none can be run
 */
async function runnable(
  { compiled, requests, recompile }: CompiledRequests,
  encode: (compiled: Compiled) => Uint8Array,
  runtime: Runtime,
): Promise<Saved & { failures: MethodFailure[] }> {
  const tried = async (compiled: Compiled): Promise<Saved> => {
    const bytes = encode(compiled);
    await tryOut(bytes, compiled, runtime);
    return { compiled, bytes };
  };
  try {
    return { ...(await tried(compiled)), failures: [] };
  } catch (error) {
    if (requests.length < 2 || !(error instanceof LimnError)) throw error;
    const failures: MethodFailure[] = [];
    const working: typeof requests = [];
    for (const request of requests) {
      try {
        await tried(recompile([request]));
        working.push(request);
      } catch (reason) {
        if (!(reason instanceof LimnError)) throw reason;
        failures.push({ method: nameOfMethod(request.method), reason: reason.message });
      }
    }
    if (working.length === 0 || failures.length === 0) throw error;
    return { ...(await tried(recompile(working))), failures };
  }
}

/** Loads a file from its bytes alone and runs it once, unless a method in it repeats the model many times over. */
async function tryOut(bytes: Uint8Array, { classifier, maps, model }: Compiled, runtime: Runtime): Promise<void> {
  const session = await runtime.createSession(bytes);
  try {
    if (maps.some(({ definition }) => isIterated(definition))) return;
    const { dims } = classifier.image;
    const [batch = 1] = dims;
    await session.run(
      {
        image: { dtype: "float32", dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) },
        target: { dtype: "int64", dims: [batch], data: new BigInt64Array(batch) },
      },
      model.graph.outputs.map(({ name }) => name),
    );
  } finally {
    await session.release();
  }
}
