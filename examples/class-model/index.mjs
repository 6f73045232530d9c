import { join } from "node:path";
import { Imaginer } from "@limn/core";
import {
  choosePreprocessing,
  encodePicture,
  findModel,
  loadModel,
  makeFolder,
  onnxRuntime,
  writeFileAtomically,
} from "@limn/node";

const [model = "scenes-resnet", target = "5", steps = "24"] = process.argv.slice(2);

const runtime = onnxRuntime();
const found = await findModel(model);
const classifier = await loadModel(found, runtime);
const { preprocessing } = await choosePreprocessing({}, classifier, runtime, found.preprocessing);
const imaginer = await Imaginer.create(classifier, runtime, preprocessing, { steps: Number(steps) });
const imagined = await imaginer.imagine(Number(target), {
  onStep({ step, probability }) {
    if (step % 8 === 0) console.log(`step ${step}: ${(100 * probability).toFixed(1)} %`);
  },
});
const path = join("limn-out", "class-model.png");
await makeFolder("limn-out");
await writeFileAtomically(path, await encodePicture(imagined, path));
console.log(`${path}: ${(100 * imagined.probability).toFixed(1)} % class ${imagined.target}`);
await imaginer.release();
