import { describe, expect, it } from "vitest";
import { cast, greater, mul } from "../graph/math.js";
import { defineOperator, plain } from "../ops/operator.js";
import { classifierOf, noise, runtime } from "../testing/explaining.js";
import { NetworkWriter, networks } from "../testing/networks.js";
import { checkGradient, judged, LARGEST_DEVIATION } from "./finite-differences.js";
import { judgeGradient } from "./verdict.js";

describe("checkGradient", () => {
  it.each(Object.entries(networks))("finds the gradient right by the image and every stage: %s", async (_, make) => {
    const classifier = await classifierOf(make());
    const checks = await checkGradient(classifier, runtime, noise(classifier.image.dims), 2);
    expect(checks.length).toBeGreaterThan(1);
    expect(checks[0]).toMatchObject({ tensor: "input", stage: undefined });
    for (const check of checks) {
      expect(check, JSON.stringify(check)).toMatchObject({ verdict: "right", directions: expect.toBeOneOf([2, 3]) });
      expect(check.deviation).toBeLessThan(LARGEST_DEVIATION);
    }
  });

  it("finds a wrong gradient wrong, and only upstream of where it is wrong", async () => {
    // forgets that y = 1.2 x where a rule says that y = x
    const scaled = defineOperator({
      inputs: ["a", "b"],
      gradient: { a: ({ dy }) => dy },
      relevance: "gate",
      layout: "keeps",
      sign: "keeps",
      ...plain,
    });
    const net = new NetworkWriter("wrong", [1, 3, 16, 16]);
    const first = net.relu("relu1", net.conv("conv1", net.image, [3, 4]));
    const pooled = net.maxPool("pool1", first);
    const times = net.node("Mul", "times", [pooled, net.constant("factor", [], [1.2])]);
    const last = net.maxPool("pool2", net.relu("relu2", net.conv("conv2", times, [4, 4])));
    const bytes = net.bytes(net.dense("fc", net.flatten("flatten", last), [64, 3]));
    const classifier = await classifierOf(bytes, { operators: { Mul: scaled } });
    const checks = await checkGradient(classifier, runtime, noise([1, 3, 16, 16]), 2);
    expect(checks.at(0)).toMatchObject({ verdict: "wrong", deviation: expect.closeTo(0.2, 2) });
    expect(checks.at(-1)?.verdict).toBe("right");
    expect(judgeGradient(checks).ok).toBe(false);
  });

  it("finds a gradient wrong that is 0 everywhere, or misses a part", async () => {
    const blind = (rule: "nothing" | "half") =>
      defineOperator({
        inputs: ["x"],
        gradient: { x: ({ x, dy }) => (rule === "nothing" ? mul(dy, 0) : mul(dy, cast(greater(x, 0.5), "float32"))) },
        relevance: "pass",
        layout: "keeps",
        sign: "any",
        zero: "keeps",
        ...plain,
      });
    const net = new NetworkWriter("blind", [1, 3, 8, 8]);
    const bytes = net.bytes(net.dense("fc", net.flatten("flatten", net.node("Tanh", "tanh", [net.image])), [192, 3]));
    for (const rule of ["nothing", "half"] as const) {
      const classifier = await classifierOf(bytes, { operators: { Tanh: blind(rule) } });
      const [check] = await checkGradient(classifier, runtime, noise([1, 3, 8, 8]), 1);
      expect(check?.verdict, rule).toBe("wrong");
    }
  });

  it("takes models whose own tensors are called as its inputs are", async () => {
    const net = new NetworkWriter("names", [1, 3, 8, 8]);
    let x = net.image;
    for (const name of ["image", "target", "at", "step"]) {
      x = net.relu(name, net.conv(`${name}.conv`, x, [3, 3]));
      net.graph.rename(x, name);
    }
    const bytes = net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [3, 2]));
    const [check] = await checkGradient(await classifierOf(bytes), runtime, noise([1, 3, 8, 8]), 1);
    expect(check?.deviation).toBeLessThan(LARGEST_DEVIATION);
  });
});

/** A score along a line, of which a gradient says that it is `slope`. */
const along =
  (score: (h: number) => number, slope = 1, typical = 0) =>
  async (h: number) => ({
    score: Math.fround(score(h)),
    predicted: h * slope,
    typical: Math.abs(h) * typical,
    scale: Math.max(1, Math.abs(score(0))),
  });

describe("the verdict on one direction", () => {
  const zigzag = (h: number, width: number) => width * Math.abs(((h / width + 1.5) % 2) - 1);

  it.each([
    ["a line", along((h) => 5 + h)],
    ["a strong curve, of which the largest steps are 46 % off", along((h) => Math.sin(40 * h) / 40)],
    ["a line far below what rounding takes from small steps", along((h) => 100 + 0.1 * h, 0.1)],
    ["kinks somewhere near", along((h) => h + 0.5 * Math.max(0, h - 1e-4) - 3 * Math.max(0, -h - 3e-4))],
    ["no slope at all", along(() => 3, 0)],
    ["no slope here, but a curve", along((h) => 1 + 400 * h * h, 0)],
    ["no slope here, but beyond a kink", along((h) => 1 + Math.max(0, Math.abs(h) - 1e-4), 0)],
    ["a direction across the gradient", along((h) => 1 + 1e-3 * h, 1e-4, 0.1)],
  ])("is right for %s", async (_, move) => {
    const found = await judged(move);
    expect(found).toMatchObject({ verdict: "right", kinks: 0 });
    expect(found.deviation).toBeLessThanOrEqual(LARGEST_DEVIATION);
  });

  it.each([
    ["by 10 %", along((h) => 5 + 1.1 * h), 0.1],
    ["in sign", along((h) => 5 - h), 2],
    ["by being 0", along((h) => 1 + h, 0), 1],
    ["across it", along((h) => 1 + h, 0, 1), 1],
    ["of something else altogether", along((h) => 5 + Math.sin(30 * h), 1), 29],
    ["at a kink that it has nothing to do with", along((h) => Math.abs(h), 3), 1],
  ])("is wrong for a gradient that is wrong %s", async (_, move, deviation) => {
    const found = await judged(move);
    expect(found.verdict).toBe("wrong");
    expect(found.deviation).toBeCloseTo(deviation, 1);
  });

  it.each([1, 0.5, 0.2])(
    "is a kink where the score bends right there from 0.2 to 1, for a gradient of %s",
    async (slope) => {
      const found = await judged(along((h) => Math.max(h, 0.2 * h), slope));
      expect(found).toMatchObject({ verdict: "kink", kinks: 1, deviation: expect.closeTo(0, 3) });
    },
  );

  it("can't be said where kinks go on and on, or rounding is all there is", async () => {
    const rough = along(
      (h) => h + [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6].reduce((sum, w) => sum + zigzag(h - w / 3, w), 0),
    );
    expect((await judged(rough)).verdict).toBe("unclear");
    expect((await judged(along((h) => 1e6 + 1e-3 * h, 1e-3))).verdict).toBe("unclear");
    // a slope of 1 at the very place, of 1.1 beyond kinks that are nearer than any step, on a curve
    const near = (h: number) => h + 0.1 * Math.sign(h) * Math.max(0, Math.abs(h) - 1e-6) + 1600 * h * h;
    expect((await judged(along((h) => 1 + near(h)))).verdict).toBe("unclear");
  });

  it("is wrong for what is no number", async () => {
    expect(await judged(along((h) => h, Number.NaN))).toMatchObject({ verdict: "wrong", deviation: Number.NaN });
  });
});
