import { LARGE } from "./tensors.js";

/** A file that can be read in parts. */
export interface PartialFile {
  /** In bytes. */
  readonly size: number;
  /** Gives exactly `length` bytes from `offset` on. */
  read(offset: number, length: number): Uint8Array;
}

// Field numbers in ONNX's schema: ModelProto { graph = 7 }, GraphProto { initializer = 5 }, TensorProto { raw_data = 9,
// external_data = 13 (StringStringEntryProto { key = 1, value = 2 }), data_location = 14 (EXTERNAL = 1) }.
const GRAPH = 7;
const INITIALIZER = 5;
const RAW_DATA = 9;
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;
const EXTERNAL = 1;
const KEY = 1;
const VALUE = 2;

const VARINT = 0;
const BYTES = 2;

/**
 * Reads an ONNX file without its weights: in the result, every large constant is a reference to `location` by offset and
 * length, as ONNX writes external data. So weights are never in memory twice.
 * @param location the file's name in its own folder
 * @param relocate gives the new location of a constant that is in another file; called once for every such constant
 * @returns bytes for `decodeModel`; undefined if the file is malformed: read it whole, and `decodeModel` says what is wrong
 */
export function skimModel(
  file: PartialFile,
  location: string,
  relocate: (location: string) => string = (other) => other,
): Uint8Array | undefined {
  try {
    const parts = rewritten(file, 0, file.size, (field) => {
      if (field.number !== GRAPH || field.type !== BYTES) return undefined;
      const graph = rewritten(file, field.start, field.end, (inner) => {
        if (inner.number !== INITIALIZER || inner.type !== BYTES) return undefined;
        return message(INITIALIZER, withoutElements(file, inner, location, relocate));
      });
      return message(GRAPH, graph);
    });
    return joined(parts);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

class Malformed extends Error {}

interface Field {
  readonly number: number;
  readonly type: number;
  /** Where its tag begins. */
  readonly tag: number;
  /** Where its content begins. */
  readonly start: number;
  /** Where its content ends. */
  readonly end: number;
  /** Of a varint. */
  readonly value?: number;
}

/** The fields between two offsets, some of them replaced. */
function rewritten(
  file: PartialFile,
  start: number,
  end: number,
  replace: (field: Field) => Uint8Array[] | undefined,
): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let kept = start;
  for (let at = start; at < end; ) {
    const field = fieldAt(file, at, end);
    const replaced = replace(field);
    if (replaced) {
      if (field.tag > kept) parts.push(file.read(kept, field.tag - kept));
      parts.push(...replaced);
      kept = field.end;
    }
    at = field.end;
  }
  if (end > kept) parts.push(file.read(kept, end - kept));
  return parts;
}

function withoutElements(
  file: PartialFile,
  tensor: Field,
  location: string,
  relocate: (location: string) => string,
): Uint8Array[] {
  const entry = (key: string, value: string) => message(EXTERNAL_DATA, [...text(KEY, key), ...text(VALUE, value)]);
  const { external, elements } = placeOf(file, tensor);
  return rewritten(file, tensor.start, tensor.end, ({ number, type, start, end }) => {
    if (number === DATA_LOCATION && type === VARINT) return external ? undefined : [];
    if (type !== BYTES) return undefined;
    if (number === EXTERNAL_DATA) {
      if (!external) return [];
      const { key, value } = entryAt(file, start, end);
      return key === "location" ? entry(key, relocate(value)) : undefined;
    }
    if (number !== RAW_DATA) return undefined;
    // what is said twice, or besides another place, doesn't count
    if (external || start !== elements?.start) return [];
    if (end - start < LARGE) return undefined;
    return [
      ...entry("location", location),
      ...entry("offset", `${start}`),
      ...entry("length", `${end - start}`),
      Uint8Array.of(...varint(DATA_LOCATION * 8 + VARINT), EXTERNAL),
    ];
  });
}

/** Where the elements of a constant are: a file may say so in so many words, also where they are with the constant itself. */
function placeOf(file: PartialFile, tensor: Field): { external: boolean; elements: Field | undefined } {
  let external = false;
  let elements: Field | undefined;
  for (let at = tensor.start; at < tensor.end; ) {
    const field = fieldAt(file, at, tensor.end);
    if (field.number === DATA_LOCATION && field.type === VARINT) external = field.value === EXTERNAL;
    if (field.number === RAW_DATA && field.type === BYTES) elements = field;
    at = field.end;
  }
  return { external, elements };
}

function entryAt(file: PartialFile, start: number, end: number): { key: string; value: string } {
  const texts = ["", "", ""];
  for (let at = start; at < end; ) {
    const field = fieldAt(file, at, end);
    if (field.number === KEY || field.number === VALUE) {
      texts[field.number] = new TextDecoder().decode(file.read(field.start, field.end - field.start));
    }
    at = field.end;
  }
  const [, key = "", value = ""] = texts;
  return { key, value };
}

/** The largest number of bytes in the header of a field: two varints. */
const LONGEST_HEADER = 20;

function fieldAt(file: PartialFile, tag: number, limit: number): Field {
  const header = file.read(tag, Math.min(LONGEST_HEADER, limit - tag));
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 128) {
      const byte = header[at++];
      if (byte === undefined) break;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new Malformed();
  };
  const key = next();
  const type = key % 8;
  const lengthOf = () => {
    if (type === BYTES) return next();
    if (type === 1) return 8;
    if (type === 5) return 4;
    throw new Malformed();
  };
  const value = type === VARINT ? next() : undefined;
  const length = type === VARINT ? 0 : lengthOf();
  const start = tag + at;
  const end = start + length;
  if (end > limit) throw new Malformed();
  return { number: Math.floor(key / 8), type, tag, start, end, ...(value === undefined ? {} : { value }) };
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

function message(number: number, parts: readonly Uint8Array[]): Uint8Array[] {
  const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return [Uint8Array.from([...varint(number * 8 + BYTES), ...varint(length)]), ...parts];
}

const text = (number: number, value: string): Uint8Array[] => message(number, [new TextEncoder().encode(value)]);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
