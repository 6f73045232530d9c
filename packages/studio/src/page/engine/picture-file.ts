/** Kinds of pictures, as the first bytes of their files tell them. */
export type PictureKind = "PNG" | "JPEG" | "GIF" | "WebP" | "AVIF" | "TIFF" | "BMP";

/** The kind of a picture's file; undefined for other files. */
export function pictureKind(bytes: Uint8Array): PictureKind | undefined {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, 8) === "\x89PNG\r\n\x1a\n") return "PNG";
  if (text(0, 3) === "\xff\xd8\xff") return "JPEG";
  if (/^GIF8[79]a$/.test(text(0, 6))) return "GIF";
  if (text(0, 4) === "RIFF" && text(8, 12) === "WEBP") return "WebP";
  if (/^ftyp(avif|avis|mif1)$/.test(text(4, 12))) return "AVIF";
  if (["II*\0", "MM\0*"].includes(text(0, 4))) return "TIFF";
  return text(0, 2) === "BM" ? "BMP" : undefined;
}

/** Whether the end of a picture is missing: browsers would draw gray there, without a word. */
export function isCutOff(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (pictureKind(bytes)) {
    case "PNG":
      return !hasPngEnd(view);
    case "JPEG":
      return !hasJpegEnd(view);
    case "WebP":
      return view.getUint32(4, true) + 8 > view.byteLength;
    default:
      return false;
  }
}

const IEND = 0x49454e44;

/** Goes from chunk to chunk: length, type, content, check sum. */
function hasPngEnd(view: DataView): boolean {
  let at = 8;
  while (at + 12 <= view.byteLength) {
    if (view.getUint32(at + 4) === IEND) return true;
    at += view.getUint32(at) + 12;
  }
  return false;
}

const SCAN = 0xda;
const END = 0xd9;

/** Goes from segment to segment up to the pixels, among which no marker is hidden. */
function hasJpegEnd(view: DataView): boolean {
  let at = 2;
  while (at + 4 <= view.byteLength && view.getUint8(at) === 0xff && view.getUint8(at + 1) !== SCAN) {
    // markers may be filled up by 0xff
    at += view.getUint8(at + 1) === 0xff ? 1 : view.getUint16(at + 2) + 2;
  }
  for (; at + 1 < view.byteLength; at++) if (view.getUint8(at) === 0xff && view.getUint8(at + 1) === END) return true;
  return false;
}
