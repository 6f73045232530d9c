// @ts-nocheck: temporary
import {
  attentionsOf,
  compile,
  defaultMethods,
  Explainer,
  fittingMethods,
  imageInput,
  layersOf,
  loadClassifier,
  MapPlacer,
  meaningOf,
  methods,
  Preprocessor,
  parsePreprocessing,
  preset,
  presetsFor,
  rangeAfter,
  runtimeOver,
  transformerOf,
  VERSION,
} from "@limn/core";
import mjs from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";
import config from "../../../../../models/networks/scenes-resnet/config.json?raw";
import resnet from "../../../../../models/networks/scenes-resnet/model.onnx?url";
import prep from "../../../../../models/networks/scenes-resnet/preprocessor_config.json?raw";
import vit from "../../../../../models/networks/scenes-vit/model.onnx?url";
import scene from "./scene.png?url";

env.wasm.wasmPaths = { mjs, wasm };
const runtime = runtimeOver({ InferenceSession, Tensor }, () => ({ executionProviders: ["wasm"] }));
const hash = async (b) =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", b))].map((x) => x.toString(16).padStart(2, "0")).join("");
const models = new Map(),
  pictures = new Map(),
  explainers = new Map();
const pixels = async (blob) => {
  const bitmap = await createImageBitmap(blob);
  const { width, height } = bitmap;
  const c = new OffscreenCanvas(width, height).getContext("2d");
  c.drawImage(bitmap, 0, 0);
  const rgba = c.getImageData(0, 0, width, height).data;
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) for (let k = 0; k < 3; k++) rgb[3 * i + k] = rgba[4 * i + k];
  return { width, height, rgb };
};
const engine = {
  async about() {
    return {
      version: VERSION,
      kind: "browser",
      runtime: "wasm, 1 thread",
      models: [
        { name: "scenes-resnet", summary: "residual" },
        { name: "scenes-vit", summary: "transformer" },
      ],
      pictures: [{ name: "demo", summary: "a cat and a dog" }],
    };
  },
  async openModel(source, choice = {}) {
    const bytes =
      source.kind === "named"
        ? new Uint8Array(await (await fetch(source.name === "scenes-vit" ? vit : resnet)).arrayBuffer())
        : source.files[0].bytes;
    const name = source.kind === "named" ? source.name : source.files[0].name;
    const handle = await hash(bytes);
    const c = await loadClassifier({ location: name, bytes, weights: { files: new Map([[name, bytes]]) } }, runtime);
    const input = imageInput(c.image.name, c.image.dims);
    const p =
      typeof choice.preprocessing === "string"
        ? preset(choice.preprocessing, input)
        : (choice.preprocessing ?? parsePreprocessing(prep, "p", input).preprocessing);
    const labels = Object.values(JSON.parse(config).id2label);
    const pre = await Preprocessor.create(runtime, p, input);
    for (const k of explainers.keys()) if (k.startsWith(handle)) explainers.delete(k);
    models.set(handle, { c, pre, p, labels });
    const t = attentionsOf(c).length > 0;
    return {
      handle,
      name,
      bytes: bytes.length,
      classes: c.classes,
      labels,
      labelsFrom: "config.json next to it",
      preprocessing: p,
      preprocessingFrom: "preprocessor_config.json next to it",
      presets: presetsFor(input),
      output: meaningOf(c),
      independent: c.independent,
      inputShape: c.image.dims,
      layers: layersOf(c).map((l) => ({
        tensor: l.tensor,
        node: l.node,
        operator: l.operator,
        shape: l.shape,
        depth: l.depth,
        stage: l.stage,
        isDefault: l.isDefault,
        isTokens: !!l.tokens,
      })),
      methods: fittingMethods(c, rangeAfter(p)).map((f) => {
        const m = methods[f.method];
        return {
          ...f,
          summary: m.summary,
          family: m.family,
          usesLayer: m.usesLayer,
          aboutClass: m.table.aboutClass,
          bothSigns: m.options.entries.relu && !m.signed({}) ? { relu: false } : undefined,
        };
      }),
      usual: defaultMethods,
      hasAttention: t,
      tokens: t ? { before: 1, width: 8, height: 8 } : undefined,
      obstacles: [],
      warnings: [],
    };
  },
  async openPicture(source) {
    const blob =
      source.kind === "named"
        ? await (await fetch(scene)).blob()
        : source.kind === "file"
          ? new Blob([source.file.bytes])
          : undefined;
    const picture = blob ? await pixels(blob) : source.picture;
    const handle = await hash(picture.rgb);
    pictures.set(handle, picture);
    return { handle, name: source.name ?? source.file.name, picture, warnings: [] };
  },
  async classify(s) {
    const [e] = await engine.explain(s, [{ method: "saliency" }], [-1]);
    return e.all;
  },
  async explain(s, wishes, targets) {
    const { c, pre, labels } = models.get(s.model);
    const picture = pictures.get(s.picture);
    const { tensor, geometry } = await pre.run(picture);
    const key = s.model + JSON.stringify(wishes);
    let ex = explainers.get(key);
    if (!ex)
      explainers.set(
        key,
        (ex = await Explainer.create(compile(c, wishes, { inputRange: rangeAfter(models.get(s.model).p) }), runtime)),
      );
    const placer = await MapPlacer.create(runtime);
    const out = [];
    for (const t of targets) {
      const [{ target, logits, probabilities, maps }] = await ex.explain(tensor, [t]);
      const view = geometry.view;
      out.push({
        target,
        name: labels[target],
        probability: probabilities[target],
        all: { logits, probabilities, ranked: [...probabilities.keys()].sort((a, b) => logits[b] - logits[a]), view },
        maps: await Promise.all(
          maps.map(async (m, i) => {
            const grid = { width: m.shape[1], height: m.shape[0], data: m.values };
            const d = m.request.definition,
              px = m.request.layer === undefined ? d.pixelwise : undefined;
            return {
              wish: wishes[i],
              grid,
              shown: px?.smooth ? await placer.smooth(grid, px.smooth * Math.max(grid.width, grid.height)) : grid,
              signed: m.request.signed,
              pixelwise: !!px,
              floating: !!d.floating,
              layer: m.request.layer?.tensor,
              view,
              blank: undefined,
              warnings: [],
            };
          }),
        ),
      });
    }
    return out;
  },
  async evaluations() {
    return [];
  },
  async release() {},
};
onmessage = async ({ data: { id, method, args } }) => {
  try {
    postMessage({ id, result: await engine[method](...args) });
  } catch (e) {
    postMessage({ id, error: e.message });
  }
};
