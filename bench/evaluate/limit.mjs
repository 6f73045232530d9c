import { readFileSync } from "node:fs";
import { compile, Explainer } from "@limn/core";
import { onnxRuntime, openClassifier } from "@limn/node";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { noise } from "../noise.mjs";

/**
 * The runs that Average Drop, Increase and Win of some methods can't do without: their maps of a batch of pictures in one
 * graph, and the model itself on every picture as each map masks it. All data is there before they start.
 * @param model a path, or the name of an embedded model
 */
export async function necessaryRuns(model, { methods, batch, threads }) {
  const runtime = onnxRuntime({ threads });
  const { classifier, found, reload } = await openClassifier(model, runtime);
  const [, ...rest] = classifier.image.dims;
  const requests = methods.map((method) => ({ method }));
  const explainer = await Explainer.create(compile(await reload([batch, ...rest]), requests), runtime);
  const plain = await InferenceSession.create(readFileSync(found.path), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  const pictures = noise([batch, ...rest]);
  const feeds = { [plain.inputNames[0]]: new Tensor("float32", pictures.data, pictures.dims) };
  return {
    explain: () => explainer.explain(pictures),
    async classify() {
      for (const _ of methods) await plain.run(feeds);
    },
  };
}
