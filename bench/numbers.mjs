import { readFileSync } from "node:fs";

export const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const ARRAYS = { "<f4": Float32Array, "<f2": Uint16Array, "|u1": Uint8Array };
const DTYPES = { "<f4": "float32", "<f2": "float16", "|u1": "uint8" };

/** A .npy file in C order, as the Python half writes them. Halves come as their bits. */
export function readNpy(path) {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, start);
  const [, type] = header.match(/'descr': '([^']*)'/);
  const dims = header
    .match(/'shape': \(([^)]*)\)/)[1]
    .split(",")
    .map((d) => d.trim())
    .filter(Boolean)
    .map(Number);
  const buffer = bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length);
  return { dtype: DTYPES[type], dims, data: new ARRAYS[type](buffer) };
}

/** Three digits are what a noisy machine has to say. */
export const rounded = (number) => Number(number.toPrecision(3));

export const mapValues = (object, f) => Object.fromEntries(Object.entries(object).map(([key, v]) => [key, f(v)]));
