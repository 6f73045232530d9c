import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import {
  compile,
  differentiate,
  encodeForSaving,
  encodeNpy,
  Imaginer,
  imageInput,
  loadClassifier,
  preset,
} from "@limn/core";
import { inspect, onnxRuntime, PictureExplainer, readModelFile, weightReader } from "@limn/node";
import { demoScene, scenePng } from "@limn/scenes";
import sharp from "sharp";
import { encodeModel } from "../../packages/core/src/onnx/encode.js";
import { multiLabel, NetworkWriter } from "../../packages/core/src/testing/networks.js";
import { transformer } from "../../packages/core/src/testing/transformer.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** ImageNet's names, with a cat and a dog, which pages ask for and ImageNet has only by their breeds. */
const NAMES = (
  JSON.parse(gunzipSync(readFileSync(join(ROOT, "packages/node/labels/imagenet.json.gz"))).toString()) as string[][]
).map(([, name = ""]) => name);
NAMES.splice(0, 2, "cat", "dog");

/**
 * Writes into a folder what pages take for granted: models, pictures, data sets and their files, by the names that pages give
 * them, as small as they can be. The models have random weights.
 */
export async function writeStandIns(folder: string): Promise<void> {
  const write = (name: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  const model = convolutional();
  const models = ["model.onnx", "mobilenet_v2.onnx", "path/to/model.onnx", "models/birds.onnx", "exported/model.onnx"];
  for (const name of models) write(name, model);
  write("vit.onnx", transformer({ blocks: 7 }));
  write("tags.onnx", multiLabel());
  write("age.onnx", oneValue());
  write("export.onnx", twoOutputs());
  write("clip-image.onnx", encoder());
  write("loss.onnx", loss());

  const photo = await sharp(join(ROOT, "docs/images/photos/cat.jpg")).resize(120, 90).jpeg().toBuffer();
  const photos = [
    "cat.jpg",
    "dog.jpg",
    "photo.jpg",
    "face.jpg",
    "rocket.jpg",
    "path/to/photo.jpg",
    "more/deeper/1.jpg",
  ];
  const labeled = ["photos", "val"].flatMap((data) => [`${data}/cat/1.jpg`, `${data}/dog/2.jpg`]);
  for (const name of [...photos, ...labeled, "1.jpg"]) write(name, photo);
  for (const age of ["31", "47"]) write(`faces/${age}/1.jpg`, photo);
  write("scene.png", await scenePng(await demoScene()));
  const mask = { width: 120, height: 90, channels: 3 as const, background: "black" };
  const white = { input: { create: { ...mask, width: 40, height: 30, background: "white" } }, left: 20, top: 20 };
  write("cat-mask.png", await sharp({ create: mask }).composite([white]).png().toBuffer());
  write("cat.npy", encodeNpy([1, 3, 224, 224], new Float32Array(3 * 224 * 224)));

  const lines = `${NAMES.join("\n")}\n`;
  write("labels.txt", lines);
  write("birds.txt", lines);
  write("tags.txt", "sea\nsky\nsand\nsnow\nsun\n");
  write(
    "texts.json",
    JSON.stringify({ "a photo of a cat": [0.1, 0.9, -0.4, 0.2], "a photo of a dog": [0.7, -0.1, 0.3, 0.1] }),
  );
  write(
    "mine.json",
    JSON.stringify({ entries: [{ match: { kind: "convolution" }, rule: "gamma" }, { rule: "epsilon" }] }),
  );
  const images = [{ id: 1, file_name: "cat.jpg", width: 120, height: 90 }];
  const annotations = [{ id: 1, image_id: 1, category_id: 1, bbox: [20, 20, 40, 30], area: 1200, iscrowd: 0 }];
  const coco = JSON.stringify({ images, annotations, categories: [{ id: 1, name: "cat" }] });
  write("annotations.json", coco);
  write("coco/annotations/instances_val2017.json", coco);
  write("coco/val2017/cat.jpg", photo);
  write("network.py", NETWORK);

  const classifier = await loadClassifier(model, onnxRuntime());
  const compiled = compile(classifier, [{ method: "grad-cam" }], { scores: false });
  write("grad-cam.onnx", encodeForSaving(compiled, weightReader(folder)));
}

/** Stages of 56, 28, 14 and 7, and 1000 classes, so that pages' shapes and classes are right. */
function convolutional(): Uint8Array {
  const net = new NetworkWriter("pages", [1, 3, 224, 224]);
  let x = net.maxPool("stem.pool", net.relu("stem.relu", net.conv("stem", net.image, [3, 4], { stride: 2 })));
  for (const [i, [from, to]] of (
    [
      [4, 8],
      [8, 12],
      [12, 16],
    ] as const
  ).entries()) {
    x = net.relu(`layer${i + 1}.relu`, net.conv(`layer${i + 1}`, x, [from, to], { stride: 2 }));
  }
  const logits = net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [16, 1000]);
  return encodeModel({ ...net.model(logits), metadata: new Map([["names", JSON.stringify(NAMES)]]) });
}

function features(net: NetworkWriter) {
  const A = net.relu("relu", net.conv("conv", net.image, [3, 6], { stride: 2 }));
  return net.flatten("flatten", net.globalPool("pool", A));
}

function oneValue(): Uint8Array {
  const net = new NetworkWriter("age", [1, 3, 32, 32]);
  return net.bytes(net.dense("fc", features(net), [6, 1]));
}

function twoOutputs(): Uint8Array {
  const net = new NetworkWriter("export", [1, 3, 32, 32]);
  const pooled = features(net);
  const logits = net.dense("fc", pooled, [6, 5]);
  net.graph.rename(logits, "logits");
  return net.bytes(pooled, logits);
}

function encoder(): Uint8Array {
  const net = new NetworkWriter("clip", [1, 3, 32, 32]);
  return net.bytes(net.dense("image_embeds", features(net), [6, 4]));
}

/** The squared distance of logits = x W to t. */
function loss(): Uint8Array {
  const net = new NetworkWriter("loss", [1, 3]);
  net.graph.rename(net.image, "x");
  const t = net.graph.addInput("t", "float32", [1, 10]);
  const logits = net.node("MatMul", "product", [net.image, net.weight("W", [3, 10], 3)]);
  net.graph.rename(logits, "logits");
  const distance = net.node("Sub", "distance", [logits, t]);
  const sum = net.node("ReduceSum", "sum", [net.node("Mul", "square", [distance, distance])], { keepdims: 0 });
  net.graph.rename(sum, "loss");
  return net.bytes(sum, logits);
}

/** A ResNet-18 with weights of a seed, and a picture, as pages that compare with libraries of Python take from the reader. */
const NETWORK = `import torch, torchvision
from PIL import Image

torch.manual_seed(0)
model = torchvision.models.resnet18(weights=None).eval()
for module in model.modules():
    if isinstance(module, torch.nn.BatchNorm2d):
        torch.nn.init.uniform_(module.weight, 0.5, 1.5)
        torch.nn.init.normal_(module.bias, 0, 0.1)
        module.running_mean.normal_(0, 0.1)
        module.running_var.uniform_(0.5, 1.5)
    if isinstance(module, torch.nn.ReLU):
        module.inplace = False
x = torchvision.transforms.functional.to_tensor(Image.open("cat.jpg").resize((224, 224)))[None]
`;

const open = () => PictureExplainer.open("model.onnx", onnxRuntime(), { methods: ["grad-cam"] });
const zeros = (dims: readonly number[]) => ({
  dtype: "float32" as const,
  dims,
  data: new Float32Array(dims.reduce((a, b) => a * b)),
});
const lossFile = () => readModelFile("loss.onnx");

/** What pages' code names without saying where it is from; a page's own words say what it is. */
export const NAMED: Readonly<Record<string, () => unknown>> = {
  runtime: onnxRuntime,
  classifier: () => loadClassifier(readModelFile("model.onnx"), onnxRuntime()),
  explainer: open,
  explanations: async () => (await open()).explain("cat.jpg"),
  preprocessing: () => preset("imagenet", imageInput("input", [1, 3, 224, 224])),
  pixels: () => zeros([1, 3, 224, 224]).data,
  bytes: () => new Uint8Array(readFileSync("model.onnx")),
  labels: () => NAMES,
  source: lossFile,
  x: () => zeros([1, 3]),
  t: () => zeros([1, 10]),
  model: () => differentiate(lossFile(), onnxRuntime(), { of: "loss", by: ["x", "W"] }),
  onnxRuntime: () => onnxRuntime,
  PictureExplainer: () => PictureExplainer,
  Imaginer: () => Imaginer,
  inspect: () => inspect,
};
