import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, Explainer, encodeForSaving, encodeNpy, LimnError, loadClassifier, type Runtime } from "@limn/core";
import { describe, expect, it } from "vitest";
import { noise, sourceOf } from "../../core/src/testing/explaining.js";
import { networks } from "../../core/src/testing/networks.js";
import { runtime } from "../../core/src/testing/runtime.js";
import { LenientExplainer } from "./lenient-explainer.js";
import { PictureExplainer } from "./picture-explainer.js";
import { compileRequests } from "./requests.js";
import { runnable } from "./runnable.js";

/** ONNX Runtime without what some maps need: it fails where it loads a graph that gives them, or where it runs one. */
const without = (output: string, when: "load" | "run"): Runtime => ({
  async createSession(model, options) {
    const session = await runtime.createSession(model, options);
    const gives = session.outputs.some(({ name }) => name === output);
    const fail = () => {
      throw new LimnError("runtime", `ONNX Runtime: no kernel for ${output}`);
    };
    if (gives && when === "load") fail();
    return gives ? { ...session, run: async () => fail() } : session;
  },
});

const METHODS = ["saliency", "grad-cam", "hires-cam"];
const open = () => loadClassifier(sourceOf(networks.vgg()), runtime);
const named = (maps: readonly { readonly name: string }[]) => maps.map(({ name }) => name);

describe.each(["load", "run"] as const)("where a method fails as ONNX Runtime is to %s it", (when) => {
  it("is left out, and the others are as they would be", async () => {
    const classifier = await open();
    const made = compileRequests(classifier, { methods: METHODS });
    const lenient = await LenientExplainer.create(made, without("grad-cam", when));
    const image = noise(classifier.image.dims);
    const [explanation] = await lenient.explain(image, [1]);
    expect(named(lenient.compiled.maps)).toEqual(["saliency", "hires-cam"]);
    expect(lenient.dropped).toEqual([{ method: "grad-cam", reason: "ONNX Runtime: no kernel for grad-cam" }]);
    await lenient.release();
    const plain = await Explainer.create(
      compile(classifier, [{ method: "saliency" }, { method: "hires-cam" }]),
      runtime,
    );
    const [expected] = await plain.explain(image, [1]);
    await plain.release();
    expect(explanation?.maps.map(({ values }) => values)).toEqual(expected?.maps.map(({ values }) => values));
  });

  it("is the error where there is no other", async () => {
    const made = compileRequests(await open(), { methods: ["grad-cam"] });
    const explained = LenientExplainer.create(made, without("grad-cam", when)).then((lenient) =>
      lenient.explain(noise(made.compiled.classifier.image.dims)),
    );
    await expect(explained).rejects.toThrow("no kernel for grad-cam");
  });

  it("is not in what is saved", async () => {
    const made = compileRequests(await open(), { methods: METHODS, iterated: "loop", scores: false });
    const encoded: string[][] = [];
    const encode = (compiled: typeof made.compiled) => {
      encoded.push(named(compiled.maps));
      return encodeForSaving(compiled, (_, offset, length) => networks.vgg().slice(offset, offset + length));
    };
    const saved = await runnable(made, encode, without("grad-cam", when));
    expect(saved.failures).toEqual([{ method: "grad-cam", reason: "ONNX Runtime: no kernel for grad-cam" }]);
    expect(named(saved.compiled.maps)).toEqual(["saliency", "hires-cam"]);
    const session = await runtime.createSession(saved.bytes);
    expect(session.outputs.map(({ name }) => name)).toEqual(["saliency", "hires-cam", "explained"]);
    await session.release();
    await expect(
      runnable(compileRequests(await open(), { methods: ["grad-cam"] }), encode, without("grad-cam", when)),
    ).rejects.toThrow("no kernel for grad-cam");
  });
});

describe.each(["load", "run"] as const)("where a method of a combination fails as ONNX Runtime is to %s it", (when) => {
  it("does not take the others with it, which are as they would be", async () => {
    const classifier = await open();
    const combination = { kind: "difference", of: 1, other: 3 } as const;
    const made = compileRequests(classifier, { methods: METHODS, combination });
    const lenient = await LenientExplainer.create(made, without("grad-cam", when));
    const image = noise(classifier.image.dims);
    const [explanation] = await lenient.explain(image);
    expect(named(lenient.compiled.maps)).toEqual(["saliency", "hires-cam"]);
    expect(explanation).toMatchObject({ target: 1, combination });
    await lenient.release();
    const requests = [{ method: "saliency" }, { method: "hires-cam" }];
    const plain = await Explainer.create(compile(classifier, requests, { combination }), runtime);
    const [expected] = await plain.explain(image);
    await plain.release();
    expect(explanation?.maps.map(({ values }) => values)).toEqual(expected?.maps.map(({ values }) => values));
  });
});

it("a method that fails for combinations and classes is one failure, and others are made of both", async () => {
  const folder = mkdtempSync(join(tmpdir(), "limn-lenient-"));
  const [model, input] = [join(folder, "model.onnx"), join(folder, "input.npy")];
  writeFileSync(model, networks.vgg());
  const { dims, data } = noise([1, 3, 16, 16]);
  writeFileSync(input, encodeNpy(dims, data as Float32Array));
  const explainer = await PictureExplainer.open(model, without("grad-cam", "run"), {
    ...{ methods: METHODS, partial: true, tensorsOnly: true },
    targets: ["1", "1 - 3", "prob 1"],
  });
  const explanations = await explainer.explain(input);
  expect(explanations.map(({ maps }) => maps.map(({ request }) => request.name))).toEqual(
    [0, 1, 2].map(() => ["saliency", "hires-cam"]),
  );
  expect(explainer.failures).toEqual([{ method: "grad-cam", reason: "ONNX Runtime: no kernel for grad-cam" }]);
  // what can't be opened is no trap for the next one
  const refused = { kind: "against", of: 9 } as const;
  await expect(explainer.explain(input, [refused])).rejects.toThrow("target 9");
  await expect(explainer.explain(input, [refused])).rejects.toThrow("target 9");
  expect(await explainer.explain(input, [{ kind: "against", of: 1 }])).toHaveLength(1);
  await explainer.release();
  rmSync(folder, { recursive: true });
});

describe("compileRequests with partial", () => {
  it("leaves out what was named and does not fit, with the reason", async () => {
    const { compiled, failures, warnings } = compileRequests(await open(), {
      methods: ["cam", "saliency"],
      partial: true,
    });
    expect([named(compiled.maps), warnings]).toEqual([["saliency"], []]);
    expect(failures).toEqual([{ method: "cam", reason: expect.stringContaining("grad-cam") }]);
  });

  it("throws where none is left, and without it", async () => {
    const classifier = await open();
    expect(() => compileRequests(classifier, { methods: ["cam"], partial: true })).toThrow(/^cam/);
    expect(() => compileRequests(classifier, { methods: ["cam", "saliency"] })).toThrow(/^cam/);
  });
});
