import { readdirSync, readFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { sizeOf } from "../graph/tensor.js";
import { decodeModel } from "../onnx/decode.js";
import { encodeModel } from "../onnx/encode.js";
import { TensorProtoSchema } from "../onnx/onnx_pb.js";
import type { TensorValue, Weights } from "../session.js";
import { type BackendCase, backendCases, runnable, tensorValue } from "../testing/backend-case.js";
import { runtime } from "../testing/runtime.js";
import { readTarGz } from "../testing/tar.js";
import { fixInput } from "./fix-input.js";
import { toDialect } from "./prepare.js";

const assets = process.env.LIMN_ASSETS;

/** ONNX Runtime 1.30's CPU provider can't run these in the form that the case is written in either. */
const WITHOUT_KERNEL: Readonly<Record<string, string>> = {
  test_celu_bfloat16_expanded: "Elu has no bfloat16 kernel",
  test_clip_default_int8_max_expanded: "Where has no int8 kernel",
  test_clip_default_int8_min_expanded: "Where has no int8 kernel",
  test_max_int16: "Max has no int16 kernel",
  test_max_uint16: "Max has no uint16 kernel",
  test_min_int16: "Min has no int16 kernel",
  test_min_uint16: "Min has no uint16 kernel",
  test_pow_types_float32_uint32: "Pow has no kernel with uint32 exponents",
  test_pow_types_float32_uint64: "Pow has no kernel with uint64 exponents",
};

describe.skipIf(!assets)(`ONNX's operator cases${assets ? "" : " (LIMN_ASSETS is not set)"}`, () => {
  const cases = assets ? backendCases(readTarGz(readFileSync(`${assets}/onnx-node-602.tar.gz`))) : [];

  it("are all there", () => expect(cases.length).toBe(602));

  it.each(cases.filter(({ name }) => !WITHOUT_KERNEL[name]))("$name", async (row) => {
    await expectOutputs(await inDialect(row.model), row);
  });

  it.each(cases.flatMap((row) => (WITHOUT_KERNEL[row.name] ? [{ ...row, reason: WITHOUT_KERNEL[row.name] }] : [])))(
    "$name can't run as it is either: $reason",
    async ({ model }) => {
      await expect(runtime.createSession(model)).rejects.toThrow("could not load the graph");
      const prepared = async () => runtime.createSession(await inDialect(model));
      await expect(prepared()).rejects.toThrow(/could not load the graph/);
    },
  );
});

describe.skipIf(!assets)(`ONNX's light models${assets ? "" : " (LIMN_ASSETS is not set)"}`, () => {
  const folder = `${assets}/onnx-light`;
  const names = assets ? readdirSync(folder).filter((name) => name.endsWith(".onnx")) : [];

  it.each(names)("%s", async (name) => {
    const proto = readFileSync(`${folder}/${name.replace(/\.onnx$/, "_output_0.pb")}`);
    const expected = tensorValue(fromBinary(TensorProtoSchema, proto));
    const session = await runtime.createSession(await inDialect(readFileSync(`${folder}/${name}`)));
    const [input] = session.inputs;
    const [output] = session.outputs;
    if (!input?.shape || !output) throw new Error("no ends");
    const dims = input.shape.map((d) => (typeof d === "number" && d > 0 ? d : 1));
    const size = sizeOf(dims);
    // the input that the expected outputs were made from
    const ramp: TensorValue = { dtype: "float32", dims, data: Float32Array.from({ length: size }, (_, i) => i / size) };
    const results = await session.run({ [input.name]: ramp }, [output.name]);
    await session.release();
    expectSame(results[output.name], expected, output.name);
  });
});

describe.skipIf(!assets)(`trained models${assets ? "" : " (LIMN_ASSETS is not set)"}`, () => {
  const names = assets ? readdirSync(`${assets}/models`).filter((name) => name.endsWith(".onnx")) : [];

  it.each(names)("%s", async (location) => {
    const reference = location.replace(/\.onnx$/, "");
    const { input_shape } = JSON.parse(readFileSync(`${assets}/refs/${reference}.json`, "utf8")) as {
      input_shape: number[];
    };
    const floats = (kind: string) =>
      new Float32Array(new Uint8Array(readFileSync(`${assets}/refs/${reference}.${kind}.f32`)).buffer);
    const weights: Weights = { folder: `${assets}/models` };
    const bytes = readFileSync(`${assets}/models/${location}`);
    const model = await toDialect(fixInput(decodeModel(bytes, location), input_shape), runtime, weights);
    expect(viewsOf(bytes, model)).toBe(0);
    for (const node of model.graph.nodes) expect(node.output.shape, node.label).toBeDefined();
    const session = await runtime.createSession(encodeModel(model), { weights });
    const [input] = session.inputs;
    const [output] = session.outputs;
    if (!input || !output) throw new Error("no ends");
    const image: TensorValue = { dtype: "float32", dims: input_shape, data: floats("input") };
    const results = await session.run({ [input.name]: image }, [output.name]);
    await session.release();
    const expected = floats("output");
    const largest = expected.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    const found = results[output.name]?.data as Float32Array;
    const worst = expected.reduce((w, v, i) => Math.max(w, Math.abs(v - (found[i] ?? Number.NaN))), 0);
    expect(worst / largest).toBeLessThanOrEqual(1e-5);
  });
});

/** How many arrays of a model are views of its file, and so keep all of it in memory. */
function viewsOf(bytes: Uint8Array, model: object): number {
  let found = 0;
  const seen = new Set<object>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (ArrayBuffer.isView(value)) {
      if (value.buffer === bytes.buffer) found++;
    } else if (value instanceof Map || value instanceof Set || Array.isArray(value)) {
      for (const item of value) visit(item);
    } else {
      for (const item of Object.values(value)) visit(item);
    }
  };
  visit(model);
  return found;
}

/** A model's bytes after codec, preparation and codec. */
async function inDialect(bytes: Uint8Array): Promise<Uint8Array> {
  const weights: Weights = { files: new Map([["model.onnx", bytes]]) };
  const model = await toDialect(decodeModel(bytes, "model.onnx"), runtime, weights);
  expect(model.opsets.get("")).toBe(21);
  const read = (_: string, offset: number, length: number) => bytes.subarray(offset, offset + length);
  return encodeModel(model, { weights: read });
}

async function expectOutputs(bytes: Uint8Array, row: BackendCase): Promise<void> {
  const { model, feeds, expected } = runnable(bytes, row);
  const session = await runtime.createSession(model);
  try {
    const results = await session.run(feeds, [...expected.keys()]);
    for (const [name, value] of expected) expectSame(results[name], value, name);
  } finally {
    await session.release();
  }
}

/** As ONNX's own runner compares: integers exactly, floats by rtol 1e-3 and atol 1e-5. */
function expectSame(found: TensorValue | undefined, expected: TensorValue, name: string): void {
  expect(found?.dtype, `type of ${name}`).toBe(expected.dtype);
  expect(found?.dims, `shape of ${name}`).toEqual(expected.dims);
  if (!expected.dtype.startsWith("float")) {
    expect(found?.data, name).toEqual(expected.data);
    return;
  }
  const values = found?.data as Float32Array;
  (expected.data as Float32Array).forEach((e, i) => {
    const v = values[i] as number;
    const close = Object.is(v, e) || v === e || Math.abs(v - e) <= 1e-5 + 1e-3 * Math.abs(e);
    if (!close) expect.fail(`${name}[${i}] is ${v}, ${e} was expected`);
  });
}
