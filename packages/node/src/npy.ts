import { encodeNpy, fromBfloat, fromHalf, LimnError, type Shape, type TensorValue } from "@limn/core";
import { readInput } from "./read-input.js";
import { writeFileAtomically } from "./write-file.js";

// NumPy's format: magic, version, length of the header, the header as a Python dict, then the elements
const MAGIC = "\x93NUMPY";

/** Readers of one element, by NumPy's type codes; "|" marks single bytes, which have no order. */
const READERS: Readonly<Record<string, { bytes: number; read: (view: DataView, at: number) => number }>> = {
  "<f2": { bytes: 2, read: (v, at) => fromHalf(v.getUint16(at, true)) },
  // ml_dtypes writes bfloat16 as two bytes of unknown meaning
  "<V2": { bytes: 2, read: (v, at) => fromBfloat(v.getUint16(at, true)) },
  "|V2": { bytes: 2, read: (v, at) => fromBfloat(v.getUint16(at, true)) },
  "<f4": { bytes: 4, read: (v, at) => v.getFloat32(at, true) },
  "<f8": { bytes: 8, read: (v, at) => v.getFloat64(at, true) },
  "|b1": { bytes: 1, read: (v, at) => v.getUint8(at) },
  "|u1": { bytes: 1, read: (v, at) => v.getUint8(at) },
  "|i1": { bytes: 1, read: (v, at) => v.getInt8(at) },
  "<u2": { bytes: 2, read: (v, at) => v.getUint16(at, true) },
  "<i2": { bytes: 2, read: (v, at) => v.getInt16(at, true) },
  "<u4": { bytes: 4, read: (v, at) => v.getUint32(at, true) },
  "<i4": { bytes: 4, read: (v, at) => v.getInt32(at, true) },
  "<u8": { bytes: 8, read: (v, at) => Number(v.getBigUint64(at, true)) },
  "<i8": { bytes: 8, read: (v, at) => Number(v.getBigInt64(at, true)) },
};

/**
 * Reads a .npy file of little-endian floats (bfloat16 too), integers or booleans in C order.
 * @returns its numbers as float32, with the shape of the file
 * @throws LimnError `bad-input` that names the file and what to save instead
 */
export function readNpy(path: string): TensorValue {
  return decodeNpy(readInput(path, "a .npy file"), path);
}

/**
 * Reads a .npy file as a model's input.
 * @param shape that the input takes; the file may leave out a batch of 1
 * @throws LimnError `bad-input` as `readNpy` does, and for another shape
 */
export function readNpyInput(path: string, shape: Shape): TensorValue {
  const tensor = readNpy(path);
  const fits = tensor.dims.length === shape.length && tensor.dims.every((d, i) => d === shape[i]);
  const oneMissing = tensor.dims.length === shape.length - 1 && tensor.dims.every((d, i) => d === shape[i + 1]);
  if (!fits && !oneMissing) {
    throw new LimnError(
      "bad-input",
      `${path}: the tensor's shape is [${tensor.dims.join(", ")}], but the model takes [${shape.join(", ")}]; save the preprocessed input in this shape`,
    );
  }
  return { ...tensor, dims: shape };
}

/** @param path the file's name, for messages */
export function decodeNpy(bytes: Uint8Array, path: string): TensorValue {
  const fail = (reason: string): never => {
    throw new LimnError("bad-input", `${path}: ${reason}`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 10 || Buffer.from(bytes.subarray(0, 6)).toString("latin1") !== MAGIC) {
    return fail("this is not a .npy file; write it with numpy.save");
  }
  const version = view.getUint8(6);
  if (version < 1 || version > 3)
    return fail(`version ${version} of the .npy format is unknown; write it with numpy.save`);
  // the length takes 2 bytes in version 1, 4 in later ones
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) return fail("cut off within its header; copy it again");
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (bytes.length < start + length) return fail("cut off within its header; copy it again");
  const header = Buffer.from(bytes.subarray(start, start + length)).toString("latin1");

  const descr = /'descr': *'([^']*)'/.exec(header)?.[1];
  const fortran = /'fortran_order': *(True|False)/.exec(header)?.[1];
  const tuple = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  if (tuple === undefined || fortran === undefined) return fail("its header is damaged; write it with numpy.save");
  if (descr === undefined) return fail("it has a structured type, not numbers; save x.astype(numpy.float32)");
  const element = READERS[descr] ?? fail(`type ${descr} can't be read; save x.astype(numpy.float32)`);
  const dims = tuple.split(",").flatMap((d) => (d.trim() ? [Number(d)] : []));
  if (fortran === "True" && dims.filter((d) => d > 1).length > 1) {
    return fail("it is in Fortran order; save numpy.ascontiguousarray(x)");
  }

  const count = dims.reduce((product, d) => product * d, 1);
  const found = bytes.length - start - length;
  if (found !== count * element.bytes) {
    return fail(`shape [${dims}] takes ${count * element.bytes} bytes, the file has ${found}; save it again`);
  }
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) data[i] = element.read(view, start + length + i * element.bytes);
  return { dtype: "float32", dims, data };
}

/**
 * Writes float32 numbers as a .npy file, version 1.0.
 * @param data in C order, as many numbers as the dims ask for
 * @throws LimnError `output` if the file can't be written
 */
export function writeNpy(path: string, dims: Shape, data: Float32Array): Promise<void> {
  return writeFileAtomically(path, encodeNpy(dims, data));
}
