import { gunzipSync } from "node:zlib";

const BLOCK = 512;

/** The regular files of a gzipped tar archive (ustar names up to 255 bytes, as git and GNU tar write them). */
export function readTarGz(archive: Uint8Array): Map<string, Uint8Array> {
  const bytes = gunzipSync(archive);
  const text = (start: number, length: number) =>
    bytes
      .subarray(start, start + length)
      .toString("utf8")
      .replace(/\0.*$/s, "");
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const kind = text(at + 156, 1);
    const name = [text(at + 345, 155), text(at, 100)].filter(Boolean).join("/");
    const content = at + BLOCK;
    if (kind === "0" || kind === "") files.set(name, bytes.subarray(content, content + size));
    at = content + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
