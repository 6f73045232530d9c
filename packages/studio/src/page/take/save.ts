import regular from "@fontsource/inter/files/inter-latin-400-normal.woff2?url";
import strong from "@fontsource/inter/files/inter-latin-600-normal.woff2?url";
import { encodeNpy, type Picture } from "@limn/core";
import { imageDataOf } from "../paint/pixels.js";
import { engineOf } from "../store/session.js";
import type { Studio } from "../store/studio.js";
import { contentOf, madeMaps, urlOf } from "./content-of.js";
import { pageHtml } from "./page-html.js";
import { sheetSvg } from "./sheet-svg.js";

/** What can be taken away as a file. */
export type Kind = "photo" | "png" | "svg" | "html" | "npy" | "onnx";

/** Makes files of what the studio shows and gives them to the browser to save. */
export async function save(kind: Kind, studio: Studio): Promise<void> {
  const stem = (studio.view === "sheet" ? "photos" : (studio.photo?.name ?? "limn")).replace(/\.[^.]*$/, "");
  if (kind === "photo") {
    if (studio.photo) download(`${stem}.png`, await photoPng(studio.photo.picture), "image/png");
  } else if (kind === "npy") {
    for (const { name, map } of madeMaps(studio))
      download(`${stem}.${name}.npy`, encodeNpy([map.grid.height, map.grid.width], map.grid.data));
  } else if (kind === "onnx") {
    const { model, other, shown } = studio;
    for (const [one, by] of [
      [model, undefined],
      [other, "other"],
    ] as const) {
      const wishes = shown.flatMap((map) => (map.kind === "map" && map.by === by ? [map.wish] : []));
      if (!one || wishes.length === 0) continue;
      const different = [...new Map(wishes.map((wish) => [JSON.stringify(wish), wish])).values()];
      const bytes = await engineOf(studio).save(one.handle, different);
      download(`${one.name.replace(/\.onnx$/, "")}.explanation.onnx`, bytes);
    }
  } else {
    // a sheet is not the photo, whose name the lines for the terminal have
    const sheet = `${stem}.sheet`;
    const content = await contentOf(studio);
    if (!content) return;
    if (kind === "html") return download(`${sheet}.html`, pageHtml(content), "text/html");
    const svg = sheetSvg({ ...content, fonts: await fontFaces() });
    if (kind === "svg") download(`${sheet}.svg`, svg, "image/svg+xml");
    else download(`${sheet}.png`, await pngOf(svg), "image/png");
  }
}

function download(name: string, content: Uint8Array | string | Blob, type = "application/octet-stream"): void {
  const blob = content instanceof Blob ? content : new Blob([content as BlobPart], { type });
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  // browsers read it after the click
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The letters as they are in the page, within the file: pictures can't load anything. */
async function fontFaces(): Promise<string> {
  const faces = [
    [400, regular],
    [600, strong],
  ] as const;
  const rules = faces.map(async ([weight, url]) => {
    const font = await urlOf(await (await fetch(url)).blob());
    return `@font-face { font-family: Inter; font-weight: ${weight}; src: url("${font}") format("woff2"); }`;
  });
  return (await Promise.all(rules)).join("\n");
}

/** A photo without loss, as the line for the terminal takes it. */
async function photoPng(picture: Picture): Promise<Blob> {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  canvas.getContext("2d")?.putImageData(imageDataOf(picture), 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}

/** The longest side of a canvas that all browsers have, in pixels. */
const LARGEST = 16_000;

async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = await urlOf(new Blob([svg], { type: "image/svg+xml" }));
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const scale = Math.min(2, LARGEST / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.round(scale * width), Math.round(scale * height));
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: "image/png" });
}
