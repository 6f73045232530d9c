import { LimnError, reasonOf } from "@limn/core";
import { chunksOf } from "./file-chunks.js";

/** An entry of a list. */
export interface JsonEntry {
  /** The list's name. */
  readonly list: string;
  readonly value: unknown;
  /** What messages call it: the file, its line, and its index in the list. */
  readonly name: string;
  /** Where its text is in the file, in bytes. */
  readonly offset: number;
  readonly length: number;
}

/**
 * The entries of lists at the top level of a JSON document, one after the other, since such documents may be larger than a
 * string can be.
 * @param lists the names of the wanted lists
 * @param called what messages call the file
 * @throws LimnError `bad-input` that names the file and the line
 */
export async function* jsonEntries(path: string, lists: readonly string[], called = path): AsyncGenerator<JsonEntry> {
  const scanner = new Scanner(called, lists);
  for await (const chunk of chunksOf(path)) yield* scanner.scan(chunk);
  scanner.end();
}

const [QUOTE, BACKSLASH, NEWLINE, COMMA] = [0x22, 0x5c, 0x0a, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Finds where entries begin and end. All characters that matter for this are ASCII, in any text. */
class Scanner {
  readonly #name: string;
  readonly #lists: readonly string[];
  /** Bytes of an entry or a key whose end hasn't come yet, and where in the file they are. */
  #rest: Uint8Array = new Uint8Array(0);
  #restAt = 0;
  #line = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The last string at the top level: a key, if a list follows. */
  #key = "";
  /** The list that is being read. */
  #list: string | undefined;
  #index = 0;
  /** The line of the entry that is being read, once it has begun. */
  #entryLine = 0;

  constructor(name: string, lists: readonly string[]) {
    this.#name = name;
    this.#lists = lists;
  }

  *scan(chunk: Uint8Array): Generator<JsonEntry> {
    const known = this.#rest.length;
    const bytes =
      known > 0 ? Buffer.concat([this.#rest, chunk]) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    // where the entry or key that is being read begins
    let begin = 0;
    for (let i = known; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) {
          this.#inString = false;
          if (this.#depth === 1) this.#key = bytes.toString("utf8", begin + 1, i);
        }
        continue;
      }
      if (byte === NEWLINE) this.#line++;
      if (byte <= 0x20) continue;
      const isSeparator = this.#depth === 2 && (byte === COMMA || byte === CLOSE_LIST);
      if (this.#list !== undefined && isSeparator) {
        // an empty list has no entry
        if (this.#entryLine > 0 || byte === COMMA) yield this.#entry(this.#list, bytes, begin, i);
        begin = i + 1;
        this.#entryLine = 0;
        if (byte === CLOSE_LIST) this.#list = undefined;
      } else {
        this.#entryLine ||= this.#line;
      }
      if (byte === QUOTE) {
        this.#inString = true;
        if (this.#depth === 1) begin = i;
      } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        this.#depth++;
        if (byte === OPEN_LIST && this.#depth === 2 && this.#lists.includes(this.#key)) {
          begin = i + 1;
          [this.#list, this.#index, this.#entryLine] = [this.#key, 0, 0];
        }
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        this.#depth--;
      }
    }
    const isReading = this.#list !== undefined || (this.#inString && this.#depth === 1);
    const keep = isReading ? begin : bytes.length;
    this.#rest = bytes.subarray(keep);
    this.#restAt += keep;
  }

  #entry(list: string, bytes: Buffer, begin: number, end: number): JsonEntry {
    const line = this.#entryLine || this.#line;
    const name = `${this.#name}: line ${line}, ${list}[${this.#index++}]`;
    try {
      const value: unknown = JSON.parse(bytes.toString("utf8", begin, end));
      return { list, value, name, offset: this.#restAt + begin, length: end - begin };
    } catch (error) {
      throw new LimnError("bad-input", `${name}: not JSON (${reasonOf(error)}); correct it`, { cause: error });
    }
  }

  end(): void {
    if (this.#depth === 0 && !this.#inString) return;
    throw new LimnError(
      "bad-input",
      `${this.#name}: line ${this.#line}: the document ends in the middle of a list; it was cut off, so copy it again`,
    );
  }
}
