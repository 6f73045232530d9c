import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeNpy } from "@limn/core";
import { afterAll, describe, expect, it } from "vitest";
import { decodeNpy, readNpy, writeNpy } from "./npy.js";

const folder = mkdtempSync(join(tmpdir(), "limn-npy-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file as NumPy writes it. */
function npy(dict: string, elements: ArrayBufferView, version = 1): Uint8Array {
  const header = Buffer.from(`${dict}\n`, "latin1");
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  const data = Buffer.from(elements.buffer, elements.byteOffset, elements.byteLength);
  return Buffer.concat([Buffer.from("\x93NUMPY", "latin1"), Buffer.from([version, 0]), length, header, data]);
}

const dictOf = (descr: string, shape: string, fortran = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;

describe("npy", () => {
  it("writes what NumPy writes", () => {
    const bytes = encodeNpy([2, 3], Float32Array.of(1, 2, 3, 4, 5, Number.NaN));
    const text = Buffer.from(bytes).toString("latin1");
    expect(text.slice(0, 8)).toBe("\x93NUMPY\x01\x00");
    expect(text.slice(10, 128)).toBe(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117).concat("\n"),
    );
    expect(bytes.length).toBe(128 + 24);
  });

  it.each([[[]], [[5]], [[1, 3, 2, 2]], [[0, 4]]])("reads back what it wrote: shape %j", async (dims) => {
    const own = mkdtempSync(join(folder, "own-"));
    const path = join(own, "x.npy");
    const data = Float32Array.from({ length: dims.reduce((a: number, d: number) => a * d, 1) }, (_, i) => i / 3);
    await writeNpy(path, dims, data);
    expect(readNpy(path)).toEqual({ dtype: "float32", dims, data });
    expect(readdirSync(own)).toEqual(["x.npy"]);
  });

  it.each([
    ["<f8", Float64Array.of(-1.5, 2)],
    ["|u1", Uint8Array.of(255, 2)],
    ["|b1", Uint8Array.of(1, 0)],
    ["|i1", Int8Array.of(-1, 2)],
    ["<i2", Int16Array.of(-300, 2)],
    ["<u2", Uint16Array.of(60000, 2)],
    ["<i4", Int32Array.of(-70000, 2)],
    ["<u4", Uint32Array.of(70000, 2)],
    ["<i8", BigInt64Array.of(-5n, 2n)],
    ["<u8", BigUint64Array.of(5n, 2n)],
  ])("reads %s", (descr, elements) => {
    expect([...decodeNpy(npy(dictOf(descr, "(2,)"), elements), "x").data]).toEqual(Array.from(elements, Number));
  });

  it("reads half precision of both kinds", () => {
    const halves = Uint16Array.of(0x3c00, 0xc500, 0x0001, 0x7bff, 0x7c00);
    expect([...decodeNpy(npy(dictOf("<f2", "(5,)"), halves), "x").data]).toEqual([1, -5, 2 ** -24, 65504, Infinity]);
    const brains = Uint16Array.of(0x3f80, 0xc0a0, 0x4049);
    for (const descr of ["<V2", "|V2"]) {
      expect([...decodeNpy(npy(dictOf(descr, "(3,)"), brains), "x").data]).toEqual([1, -5, 3.140625]);
    }
  });

  it("reads version 2, and Fortran's order where it is no other", () => {
    expect(decodeNpy(npy(dictOf("<f4", "(1, 2)", "True"), Float32Array.of(1, 2), 2), "x").dims).toEqual([1, 2]);
  });

  const four = Float32Array.of(1, 2, 3, 4);
  it.each([
    [Buffer.from("hello, this is text"), "this is not a .npy file; write it with numpy.save"],
    [npy(dictOf("<f4", "(4,)"), four).subarray(0, 40), "cut off within its header; copy it again"],
    [npy(dictOf("<f4", "(4,)"), four).subarray(0, -3), "shape [4] takes 16 bytes, the file has 13; save it again"],
    [npy(dictOf("<f4", "(2, 2)", "True"), four), "it is in Fortran order; save numpy.ascontiguousarray(x)"],
    [npy(dictOf(">f4", "(4,)"), four), "type >f4 can't be read; save x.astype(numpy.float32)"],
    [npy(dictOf("<c8", "(2,)"), four), "type <c8 can't be read; save x.astype(numpy.float32)"],
    [npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,), }", four), "it has a structured type"],
    [npy("{}", four), "its header is damaged; write it with numpy.save"],
    [npy(dictOf("<f4", "(4,)"), four, 9), "version 9 of the .npy format is unknown"],
  ])("refuses damaged and foreign files %#", (bytes, message) => {
    expect(() => decodeNpy(bytes, "x.npy")).toThrow(`x.npy: ${message}`);
  });

  it("refuses empty files", () => {
    const path = join(folder, "empty.npy");
    writeFileSync(path, "");
    expect(() => readNpy(path)).toThrow("the file is empty; give the path of a .npy file");
  });
});
