import { readFileSync } from "node:fs";
import { onnxRuntime, readModelFile } from "@limn/node";
import { describe, expect, it } from "vitest";
import { loadClassifier } from "../classifier.js";
import { composites } from "../composites/registry.js";
import type { Shape } from "../graph/tensor.js";
import { imageOf } from "../testing/explaining.js";
import { imbalanceOf, ledgerOf } from "./ledger.js";

const assets = process.env.LIMN_ASSETS;
const skipped = assets ? "" : " (LIMN_ASSETS is not set)";
const runtime = onnxRuntime({ threads: 2 });
const MODELS = (process.env.ONLY ?? "mnist_cntk,mobilenet_v1_0.25_224_float,mobilenet_v2_torchvision,resnet20_cifar10,squeezenet1.1,vit_mnist").split(",");
const COMPS = (process.env.COMP ?? Object.keys(composites).join(",")).split(",");

describe.skipIf(!assets)(`explore${skipped}`, () => {
  describe.each(MODELS)("%s", (name) => {
    it.each(COMPS)("%s", async (composite) => {
      const ref = JSON.parse(readFileSync(`${assets}/refs/${name}.json`, "utf8")) as { input_shape: Shape };
      const data = new Float32Array(new Uint8Array(readFileSync(`${assets}/refs/${name}.input.f32`)).buffer);
      const classifier = await loadClassifier(readModelFile(`${assets}/models/${name}.onnx`), runtime, { inputShape: ref.input_shape });
      const lo = data.reduce((a, b) => Math.min(a, b)), hi = data.reduce((a, b) => Math.max(a, b));
      const t = Date.now();
      try {
        const ledger = await ledgerOf(classifier, runtime, imageOf(ref.input_shape, data), { composite, inputRange: { low: [lo], high: [hi] } });
        const worst = [...ledger.entries].sort((a, b) => imbalanceOf(b) - imbalanceOf(a)).slice(0, 4);
        const big = [...ledger.entries].sort((a, b) => b.magnitude - a.magnitude)[0];
        const nan = ledger.entries.filter((e) => ![e.given, e.passed, e.bias, e.stabilizer, e.magnitude].every(Number.isFinite));
        const stab = [...ledger.entries].sort((a, b) => Math.abs(b.stabilizer)/b.magnitude - Math.abs(a.stabilizer)/a.magnitude)[0];
        void stab;
        console.log(`${name} ${composite} start ${ledger.start.toPrecision(3)} end ${ledger.end.toPrecision(3)} maxmag ${big?.magnitude.toPrecision(3)} ${big?.node} ${Date.now() - t}ms bad ${nan.length} ${nan[0] ? JSON.stringify(nan[0]) : ""} worst ${worst.filter((e, i) => i === 0 || imbalanceOf(e) > 1e-4).map((e) => imbalanceOf(e).toExponential(1) + " " + e.node + " " + e.operator + " " + e.rule + " mag " + e.magnitude.toPrecision(2)).join("; ")}`);
      } catch (e) { console.log(name, composite, "ERROR", (e as Error).message); }
      expect(true).toBe(true);
    });
  });
});
