import { readFileSync } from "node:fs";

export const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** A float32 .npy file in C order, as the Python half writes them. */
export function readFloats(path) {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, start);
  const dims = header
    .match(/'shape': \(([^)]*)\)/)[1]
    .split(",")
    .map((d) => d.trim())
    .filter(Boolean)
    .map(Number);
  return {
    dims,
    data: new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length)),
  };
}

/** Three digits are what a noisy machine has to say. */
export const rounded = (number) => Number(number.toPrecision(3));

export const mapValues = (object, f) => Object.fromEntries(Object.entries(object).map(([key, v]) => [key, f(v)]));
