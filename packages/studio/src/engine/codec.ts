import { LimnError } from "@limn/core";

// Messages as bytes: JSON, in which arrays of numbers are replaced by where they lie after it.
//
//   length of the JSON, 4 bytes | JSON | zeros up to a multiple of 8 | the arrays, each from a multiple of 8 on

const TYPED = { Uint8Array, Float32Array } as const;
type Typed = Uint8Array | Float32Array;

/** What stands in the JSON for what JSON does not have; a single key that no other object has. */
const MARK = "\u0000";
type Marked =
  | { readonly kind: keyof typeof TYPED; readonly at: number; readonly length: number }
  | { readonly kind: "number"; readonly is: string }
  | { readonly kind: "undefined" };

const ALIGNMENT = 8;
const aligned = (n: number): number => Math.ceil(n / ALIGNMENT) * ALIGNMENT;
const HEAD = 4;

/** Writes a message of plain objects, lists, texts, numbers and arrays of bytes or float32. */
export function encodeMessage(message: unknown): Uint8Array {
  const arrays: Typed[] = [];
  let size = 0;
  const marked = (mark: Marked) => ({ [MARK]: mark });
  const replaced = (value: unknown): unknown => {
    if (value instanceof Uint8Array || value instanceof Float32Array) {
      const at = size;
      arrays.push(value);
      size += aligned(value.byteLength);
      return marked({ kind: value instanceof Uint8Array ? "Uint8Array" : "Float32Array", at, length: value.length });
    }
    if (typeof value === "number" && !Number.isFinite(value)) return marked({ kind: "number", is: String(value) });
    // a list would have null in its place, and null means something else
    if (value === undefined) return marked({ kind: "undefined" });
    if (Array.isArray(value)) return value.map(replaced);
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replaced(part)]));
    }
    return value;
  };
  const json = new TextEncoder().encode(JSON.stringify(replaced(message)));
  const start = aligned(HEAD + json.byteLength);
  const bytes = new Uint8Array(start + size);
  new DataView(bytes.buffer).setUint32(0, json.byteLength, true);
  bytes.set(json, HEAD);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += aligned(byteLength);
  }
  return bytes;
}

/**
 * Reads what `encodeMessage` writes.
 * @throws LimnError `bad-input` for anything else
 */
export function decodeMessage(bytes: Uint8Array): unknown {
  // arrays of float32 must begin at a multiple of their size
  const whole = bytes.byteOffset % ALIGNMENT === 0 ? bytes : bytes.slice();
  const refuse = (): never => {
    throw new LimnError("bad-input", "a message that is none of the studio's");
  };
  if (whole.byteLength < HEAD) return refuse();
  const length = new DataView(whole.buffer, whole.byteOffset).getUint32(0, true);
  const start = aligned(HEAD + length);
  if (HEAD + length > whole.byteLength) return refuse();
  const restored = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(restored);
    if (typeof value !== "object" || value === null) return value;
    const mark = (value as { readonly [MARK]?: Marked })[MARK];
    if (!mark) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, restored(part)]));
    if (mark.kind === "undefined") return undefined;
    if (mark.kind === "number") return Number(mark.is);
    if (!Object.hasOwn(TYPED, mark.kind)) return refuse();
    const Kind = TYPED[mark.kind];
    const { at, length } = mark;
    const end = start + at + length * Kind.BYTES_PER_ELEMENT;
    if (!(Number.isSafeInteger(at) && at >= 0 && at % ALIGNMENT === 0 && Number.isSafeInteger(length) && length >= 0))
      return refuse();
    if (end > whole.byteLength) return refuse();
    return new Kind(whole.buffer as ArrayBuffer, whole.byteOffset + start + at, length);
  };
  try {
    return restored(JSON.parse(new TextDecoder().decode(whole.subarray(HEAD, HEAD + length))));
  } catch (error) {
    if (error instanceof LimnError) throw error;
    return refuse();
  }
}
