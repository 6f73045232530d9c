import { useEffect } from "react";
import type { MapWish, PictureSource } from "../../engine/engine.js";
import { tellingMap } from "../maps/made-map.js";
import type { Brush } from "../paint/paint.js";
import { painter } from "../paint/painter.js";
import { middleOf } from "../photos/square-of.js";
import { isStopped } from "../store/notices.js";
import { quickMethod, wishFor } from "../store/question.js";
import { engineOf } from "../store/session.js";
import { type SheetGlance, type SheetPhoto, sheetPhotos, sourceOfFile } from "../store/sheet.js";
import { type Studio, useStudio } from "../store/studio.js";

/** The side of a photo of the sheet, in pixels. */
export const SIDE = 224;

/** What all photos of the sheet are asked, as text; undefined without a model or a method. */
export function askedOfSheet(studio: Studio): string | undefined {
  const { model, methods, opacity, threshold, colors } = studio;
  const method = model && quickMethod(model, methods);
  if (!model || method === undefined) return undefined;
  const brush: Brush = { opacity, threshold, colors };
  return JSON.stringify({ handle: model.handle, revision: model.revision, wish: wishFor(method, studio), brush });
}

/** Asks the model about one photo of the sheet after the other, as long as the component is there. */
export function useGlances(): void {
  const asked = useStudio(askedOfSheet);
  useEffect(() => {
    if (asked === undefined) return;
    const abort = new AbortController();
    void glanceAtAll(asked, abort.signal);
    return () => abort.abort();
  }, [asked]);
}

async function glanceAtAll(asked: string, signal: AbortSignal): Promise<void> {
  const { beginGlances, keepGlance } = useStudio.getState();
  beginGlances(asked);
  while (!signal.aborted) {
    const studio = useStudio.getState();
    const next = sheetPhotos(studio).find(({ key }) => !studio.glances.has(key));
    if (next) {
      const glance = await glanceAt(next, asked, signal);
      if (glance) keepGlance(asked, next.key, glance);
    } else await morePhotos(signal);
  }
}

/** Waits until the photos are others. */
function morePhotos(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      stop();
      resolve();
    };
    const stop = useStudio.subscribe(({ photos, batch }, before) => {
      if (photos !== before.photos || batch !== before.batch) end();
    });
    signal.addEventListener("abort", end, { once: true });
  });
}

/** @returns undefined if nobody wants it any more */
async function glanceAt(photo: SheetPhoto, asked: string, signal: AbortSignal): Promise<SheetGlance | undefined> {
  const { handle, wish, brush } = JSON.parse(asked) as { handle: string; wish: MapWish; brush: Brush };
  try {
    const source = await sourceOf(photo);
    const glance = await engineOf(useStudio.getState()).glance(handle, source, [wish], -1, { signal });
    const { target, probability, maps } = glance.explained;
    const picture = glance.picture ?? (source.kind === "pixels" ? source.picture : undefined);
    if (!picture) return undefined;
    const look = { part: middleOf(picture), width: SIDE, height: SIDE, map: tellingMap(maps[0]), brush, unit: 1 };
    const bitmap = await painter.once(picture, look);
    return bitmap && { target, probability, image: await addressOf(bitmap) };
  } catch (error) {
    if (signal.aborted || isStopped(error)) return undefined;
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

const sourceOf = async ({ from, name }: SheetPhoto): Promise<PictureSource> =>
  from instanceof File ? sourceOfFile(from) : { kind: "pixels", name, picture: from.picture };

/** A picture as a file in memory: it is smaller than its pixels, and browsers draw it by themselves. */
async function addressOf(bitmap: ImageBitmap): Promise<string> {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
  return URL.createObjectURL(await canvas.convertToBlob({ type: "image/webp", quality: 0.9 }));
}
