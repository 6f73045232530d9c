import { LimnError } from "../error.js";

/** Element types, by the names that ONNX Runtime's JavaScript API uses. */
export type DataType =
  | "float32"
  | "float64"
  | "float16"
  | "bfloat16"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool"
  | "string"
  | "other";

/** Static dimensions, outermost first. */
export type Shape = readonly number[];

/** Height and width of a picture or a map, in the order of tensors' axes. */
export type Size = readonly [height: number, width: number];

/** Where the elements of a constant are: in memory as little-endian bytes, in a range of a file, or known only to onnx/. */
export type TensorData =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | {
      readonly kind: "file";
      readonly location: string;
      readonly offset: number;
      readonly length: number;
      /** Reads the range, for rules that need its numbers. Undefined where only ONNX Runtime can. */
      readonly read?: (() => Uint8Array) | undefined;
    }
  | { readonly kind: "opaque" };

/** A constant of a graph. Large ones stay in the user's file, and Limn reads them only if a rule needs their numbers. */
export interface Tensor {
  readonly dtype: DataType;
  readonly dims: Shape;
  readonly data: TensorData;
  /** The part of the file that this was read from; only onnx/ looks inside. */
  readonly origin?: object;
}

/** Bytes that an element takes; 0 for types whose elements have no fixed number of bytes (strings, packed 4-bit types). */
export const BYTES_PER_ELEMENT: Record<DataType, number> = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
  string: 0,
  other: 0,
};

/** What is known about a tensor before it is computed. */
export interface ValueType {
  readonly dtype: DataType | undefined;
  readonly shape: Shape | undefined;
}

export const sizeOf = (shape: Shape): number => shape.reduce((product, d) => product * d, 1);

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i]);

export const isFloat = (dtype: DataType | undefined): boolean =>
  dtype === "float32" || dtype === "float64" || dtype === "float16" || dtype === "bfloat16";

type Numbers = readonly number[] | Float32Array | Int32Array;

const ENCODERS = {
  float32: (values: Numbers) => Float32Array.from(values),
  float64: (values: Numbers) => Float64Array.from(values),
  float16: (values: Numbers) => Uint16Array.from(values, toHalf),
  int64: (values: Numbers) => BigInt64Array.from(values as readonly number[], toInt64),
  int32: (values: Numbers) => Int32Array.from(values),
  uint32: (values: Numbers) => Uint32Array.from(values),
  uint8: (values: Numbers) => Uint8Array.from(values),
  bool: (values: Numbers) => Uint8Array.from(values, (v) => (v ? 1 : 0)),
} satisfies Partial<Record<DataType, (values: Numbers) => ArrayBufferView>>;

const LARGEST_INT64 = 2n ** 63n - 1n;

/** Limits numbers to int64: its largest, "to the end" in Slice, is read as 2^63, which would wrap around to the smallest. */
function toInt64(value: number): bigint {
  const integer = BigInt(value);
  return integer > LARGEST_INT64 ? LARGEST_INT64 : integer;
}

/** A constant of these numbers. @throws LimnError `unsupported` for types that can't be written */
export function tensor(dtype: DataType, dims: Shape, values: Numbers): Tensor {
  const encode = ENCODERS[dtype as keyof typeof ENCODERS];
  if (!encode) {
    throw new LimnError(
      "unsupported",
      `Limn can't write constants of type ${dtype}; load a float32 export of the model`,
    );
  }
  const array: ArrayBufferView = encode(values);
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return { dtype, dims, data: { kind: "bytes", bytes } };
}

/** The elements' bytes, or undefined where nobody here can read them. */
export const bytesOf = ({ data }: Tensor): Uint8Array | undefined =>
  data.kind === "bytes" ? data.bytes : data.kind === "file" ? data.read?.() : undefined;

/**
 * The elements as numbers, or undefined if they are not numeric, or in a file that can't be read from here.
 * int64 beyond 2^53 is rounded, which only matters for the "to the end" markers of Slice.
 */
export function numbersOf(t: Tensor): number[] | undefined {
  const bytes = bytesOf(t);
  if (!bytes) return undefined;
  const width = BYTES_PER_ELEMENT[t.dtype];
  if (!width) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = READERS[t.dtype as keyof typeof READERS];
  if (!read) return undefined;
  return Array.from({ length: bytes.byteLength / width }, (_, i) => read(view, i * width));
}

const READERS = {
  float32: (v: DataView, at: number) => v.getFloat32(at, true),
  float64: (v: DataView, at: number) => v.getFloat64(at, true),
  float16: (v: DataView, at: number) => fromHalf(v.getUint16(at, true)),
  bfloat16: (v: DataView, at: number) => fromBfloat(v.getUint16(at, true)),
  int8: (v: DataView, at: number) => v.getInt8(at),
  int16: (v: DataView, at: number) => v.getInt16(at, true),
  int32: (v: DataView, at: number) => v.getInt32(at, true),
  int64: (v: DataView, at: number) => Number(v.getBigInt64(at, true)),
  uint8: (v: DataView, at: number) => v.getUint8(at),
  uint16: (v: DataView, at: number) => v.getUint16(at, true),
  uint32: (v: DataView, at: number) => v.getUint32(at, true),
  uint64: (v: DataView, at: number) => Number(v.getBigUint64(at, true)),
  bool: (v: DataView, at: number) => v.getUint8(at),
};

/** IEEE 754 binary16 bits of a number, rounded to nearest even. */
function toHalf(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // subnormal: units of 2^-24
    const units = Math.abs(value) * 2 ** 24;
    const floor = Math.floor(units);
    const rest = units - floor;
    return sign | (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** The number that 16 bits of IEEE 754 half precision (float16) stand for. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The number that 16 bits of bfloat16 stand for: the upper half of a float32. */
export function fromBfloat(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}
