import { expect, it } from "vitest";
import { classifierOf, imageOf, runtime } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { Measurer } from "./measurer.js";

it("predicts the class that it explains, also where probabilities are all 1", async () => {
  const net = new NetworkWriter("saturated", [1, 3, 4, 4]);
  const pooled = net.flatten("flatten", net.globalPool("pool", net.image));
  const W = net.constant("W", [3, 3], [30, 60, 45, 0, 0, 0, 0, 0, 0]);
  const bytes = net.bytes(net.node("Sigmoid", "sigmoid", [net.node("MatMul", "fc", [pooled, W])]));
  const measurer = await Measurer.create(() => classifierOf(bytes), { batch: 1, step: 1 }, runtime, { maps: [] });
  const image = imageOf([1, 3, 4, 4], new Float32Array(48).fill(1));
  const [measured] = await measurer.measure(image, [{ target: -1, objects: undefined }]);
  await measurer.release();
  expect([...(measured?.probabilities ?? [])]).toEqual([1, 1, 1]);
  expect(measured).toMatchObject({ target: 1, predicted: 1, runnerUp: 2 });
});
