import { readdirSync, readFileSync } from "node:fs";
import { onnxRuntime, readNpy } from "@limn/node";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import type { Value } from "../../../core/src/graph/graph.js";
import { NetworkWriter } from "../../../core/src/testing/networks.js";
import { limn, Workspace } from "../testing/command-line.js";

const work = new Workspace();
afterAll(() => work.remove());
const tensor = work.tensor("input.npy");

function network(name: string, classes: number, end: (net: NetworkWriter, x: Value, features: Value) => Value[]) {
  const net = new NetworkWriter("outputs", [1, 3, 32, 32]);
  const x = net.relu("relu", net.conv("conv", net.image, [3, 6]));
  const features = net.flatten("flatten", net.globalPool("pool", x));
  return work.write(name, net.bytes(...end(net, net.dense("fc", features, [6, classes]), features)));
}

async function explained(model: string, ...more: string[]) {
  const { code, stdout, stderr } = await limn(
    ...["explain", model, tensor, "--method", "saliency", "--json", "--out", work.path("out"), ...more],
  );
  expect(code).toBe(0);
  return { stderr, ...JSON.parse(stdout) };
}

describe("what outputs mean", () => {
  it("one logit and two names: the side that is more probable, or is asked for", async () => {
    const model = network("binary.onnx", 1, (_, x) => [x]);
    const labels = work.write("two.txt", "benign\nmalignant\n");
    const { results } = await explained(model, "--labels", labels, "--target", "malignant,benign");
    const [{ target: one }, { target: other }] = results;
    expect([one.label, other.label]).toEqual(["malignant", "benign"]);
    expect(one.probability + other.probability).toBeCloseTo(1, 6);
    expect(results[0].prediction[0].probability).toBeGreaterThanOrEqual(0.5);
  });

  it("independent labels by config.json: an explanation for each above the threshold", async () => {
    network("multi/model.onnx", 3, (_, x) => [x]);
    work.write(
      "multi/config.json",
      JSON.stringify({ problem_type: "multi_label_classification", id2label: { 0: "sun", 1: "rain", 2: "cat" } }),
    );
    const { results } = await explained(work.path("multi"), "--threshold", "0");
    const p = results.map((result: { target: { probability: number } }) => result.target.probability);
    expect(p).toHaveLength(3);
    expect(p).toEqual(p.toSorted((a: number, b: number) => b - a));
    expect((await explained(work.path("multi"), "--threshold", "1")).results).toHaveLength(1);
    expect((await explained(work.path("multi"), "--target", "rain")).results[0].target.label).toBe("rain");
  });

  it("one value without a name: a regression, explained up and down", async () => {
    const model = network("value.onnx", 1, (_, x) => [x]);
    const { results } = await explained(model, "--target", "0,- 0", "--format", "npy");
    expect(results[0].target.value).toBe(results[0].target.probability);
    const [up, down] = results.map(({ maps }: { maps: { file: string }[] }) => readNpy(maps[0]?.file as string).data);
    expect([...up]).toEqual([...down]);
    const printed = await limn("explain", model, tensor, "--method", "saliency", "--out", work.path("out"));
    expect(printed.stdout).toMatch(/the value = -?\d/);
  });

  it("several outputs: the one that fits the labels", async () => {
    const model = network("two.onnx", 5, (net, x, features) => [features, net.node("Softmax", "probs", [x])]);
    const { stderr, results } = await explained(model, "--labels", work.labels);
    expect(stderr).toContain('explaining "probs_out", which has as many values as there are labels');
    expect(results[0].prediction[0].label).toBeDefined();
  });

  it("combinations of classes, and the same saved", async () => {
    const { results } = await explained(
      ...[work.model, "--labels", work.labels, "--target", "-cat", "--target", "cat - dog", "--format", "npy"],
    );
    expect(results.map(({ target }: { target: { label: string } }) => target.label)).toEqual(["−cat", "cat − dog"]);
    expect(readdirSync(work.path("out"))).toEqual(
      expect.arrayContaining(["input.against-0.saliency.npy", "input.class-0-minus-1.saliency.npy"]),
    );
    const file = work.path("saved.onnx");
    const options = ["--method", "saliency", "--labels", work.labels, "--out", file];
    expect((await limn("compile", work.model, ...options, "--target", "cat")).code).toBe(2);
    expect((await limn("compile", work.model, ...options, "--target", "cat - dog")).code).toBe(0);
    const session = await onnxRuntime().createSession(readFileSync(file));
    expect(session.inputs.map(({ name }) => name)).toEqual(["image"]);
    const run = await session.run({ image: readNpy(tensor) }, ["saliency", "explained"]);
    await session.release();
    const map = readNpy(work.path("out", "input.class-0-minus-1.saliency.npy"));
    // the command's graph, which runs once, was not optimized by ONNX Runtime, so that last digits differ
    expect(run.saliency?.data).toHaveLength(map.data.length);
    expect(Array.from(map.data, Number).every((v, i) => Math.abs(v - Number(run.saliency?.data[i])) < 1e-5)).toBe(true);
    expect(Number(run.explained?.data[0])).toBe(0);
  });

  it("probabilities as targets, in methods of many runs and saved", async () => {
    const { results } = await explained(
      ...[work.model, "--labels", work.labels, "--target", "prob cat", "--target", "prob predicted"],
      ...["--method", "saliency,rise", "--set", "rise.masks=8", "--format", "npy"],
    );
    const names = results.map(({ target }: { target: { label: string } }) => target.label);
    expect(names[0]).toBe("prob cat");
    expect(names.at(-1)).toMatch(/^prob /);
    const file = work.path("probability.onnx");
    const options = ["--method", "rise", "--set", "rise.masks=8", "--labels", work.labels, "--out", file];
    expect((await limn("compile", work.model, ...options, "--target", "prob cat")).code).toBe(0);
    const session = await onnxRuntime().createSession(readFileSync(file));
    const { rise } = await session.run({ image: readNpy(tensor) }, ["rise"]);
    await session.release();
    const map = readNpy(results[0].maps[1].file).data as Float32Array;
    expect(map.every((v, i) => Math.abs(v - Number(rise?.data[i])) < 1e-5)).toBe(true);
  });

  it("a regression is evaluated by its value, and has no classes to confuse or claim", async () => {
    const model = network("age.onnx", 1, (net, x) => [net.node("Mul", "age", [x, net.constant("k", [], [40])])]);
    const data = work.folder("people");
    for (const name of ["young/a.png", "old/b.png"]) {
      const picture = sharp({ create: { width: 32, height: 32, channels: 3, background: "#408020" } });
      work.write(`people/${name}`, await picture.png().toBuffer());
    }
    const options = ["--data", data, "--preprocess", "unit", "--out", work.path("evaluated")];
    const quick = ["--workers", "0", "--curves", "2", "--sanity", "0", "--method", "saliency", "--json"];
    const { code, stdout } = await limn("evaluate", model, ...options, ...quick);
    expect(code).toBe(0);
    const { methods, reasons, wins, accuracy, definitions } = JSON.parse(stdout);
    expect(methods.saliency.deletion.n).toBe(2);
    expect(methods.saliency.averageDrop).toBeNull();
    expect(reasons.averageDrop).toBe("it is defined on probabilities, and what is explained, the value, is none");
    expect([wins, accuracy.labeled]).toEqual([{}, 0]);
    expect(definitions.deletion).toMatch(/^area by trapezoids under the value as pixels/);
    const refused = [
      await limn("confusion", model, "--data", data, "--out", work.path("confused")),
      await limn("claims", model, "--data", data),
      await limn("evaluate", model, ...options, "--target", "- predicted"),
      await limn("explain", model, tensor, "--target", "prob 0"),
    ];
    expect(refused.map(({ code: exit }) => exit)).toEqual([1, 1, 2, 1]);
    expect(refused.map(({ stderr }) => stderr)).toEqual([
      expect.stringContaining("the model gives one value and no classes, so nothing can be confused"),
      expect.stringContaining("the model gives values and no probabilities, which claims are about"),
      expect.stringContaining("name the class"),
      expect.stringContaining("the model gives values and no probabilities"),
    ]);
  });

  it("pictures that combinations like best", async () => {
    const options = ["--preprocess", "unit", "--steps", "2", "--out", work.path("liked.png"), "--json"];
    const targets = ["--labels", work.labels, "--target", "cat - dog", "--target=-cat"];
    const { code, stdout } = await limn("imagine", work.model, ...options, ...targets);
    expect(code).toBe(0);
    const { results } = JSON.parse(stdout);
    expect(results.map(({ label }: { label: string }) => label)).toEqual(["cat − dog", "−cat"]);
    expect(results[1].value).toBeCloseTo(-results[1].logit, 5);
    const refused = await limn("imagine", work.model, ...options, "--target", "rest predicted");
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("there is no picture that could have")]);
  });
});
