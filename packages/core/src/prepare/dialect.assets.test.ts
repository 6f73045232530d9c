import { readdirSync, readFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { onnxRuntime } from "@limn/node";
import { describe, expect, it } from "vitest";
import { decodeModel } from "../onnx/decode.js";
import { encodeModel } from "../onnx/encode.js";
import { TensorProtoSchema } from "../onnx/onnx_pb.js";
import type { TensorValue, Weights } from "../session.js";
import { type BackendCase, backendCases, runnable, valueOf } from "../testing/backend-case.js";
import { readTarGz } from "../testing/tar.js";
import { fixInput } from "./fix-input.js";
import { toDialect } from "./prepare.js";

const assets = process.env.LIMN_ASSETS;
const runtime = onnxRuntime({ threads: 1 });

/** ONNX Runtime 1.30's CPU provider has no kernel for these, in the form that the case is written in. */
const WITHOUT_KERNEL: Readonly<Record<string, string>> = {
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
      await expect(runtime.createSession(model)).rejects.toThrow("Could not find an implementation");
      await expect(inDialect(model)).rejects.toThrow("Could not find an implementation");
    },
  );
});

describe.skipIf(!assets)(`ONNX's light models${assets ? "" : " (LIMN_ASSETS is not set)"}`, () => {
  const folder = `${assets}/onnx-light`;
  const names = assets ? readdirSync(folder).filter((name) => name.endsWith(".onnx")) : [];

  it.each(names)("%s", async (name) => {
    const bytes = readFileSync(`${folder}/${name}`);
    const expected = readFileSync(`${folder}/${name.replace(/\.onnx$/, "_output_0.pb")}`);
    const session = await runtime.createSession(await inDialect(bytes), { optimize: "all" });
    const [input] = session.inputs;
    const [output] = session.outputs;
    if (!input || !output) throw new Error("no ends");
    expect([input, output]).toEqual([]);
    expect(expected).toBe(0);
  });
});

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
