import type { Shape } from "./graph/tensor.js";

const MAGIC = "\x93NUMPY";
const ALIGNMENT = 64;

/**
 * The bytes of a NumPy file (.npy, version 1.0) of float32 numbers.
 * @param data in C order, as many numbers as the dims ask for
 */
export function encodeNpy(dims: Shape, data: Float32Array): Uint8Array {
  const shape = dims.length === 1 ? `(${dims[0]},)` : `(${dims.join(", ")})`;
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;
  // magic, version, length of the header, the header as a Python dict, then the elements
  const start = Math.ceil((10 + dict.length + 1) / ALIGNMENT) * ALIGNMENT;
  const head = `${MAGIC}\x01\x00\x00\x00${dict.padEnd(start - 11)}\n`;
  const bytes = new Uint8Array(start + data.length * 4);
  for (let i = 0; i < start; i++) bytes[i] = head.charCodeAt(i);
  const view = new DataView(bytes.buffer);
  view.setUint16(8, start - 10, true);
  data.forEach((value, i) => {
    view.setFloat32(start + i * 4, value, true);
  });
  return bytes;
}
