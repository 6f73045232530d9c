import type { Picture } from "@limn/core";
import { withoutAlpha } from "../paint/pixels.js";

/**
 * Gives a video's frames to somebody, one at a time: while one is looked at, those that come are left out, except for the
 * newest. A page that nobody sees gets none.
 */
export async function eachFrame(
  video: HTMLVideoElement,
  look: (frame: Picture) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const isNew = newFrames(video, signal);
  while (await isNew()) await look(frameOf(video));
}

/** Waits for a frame that has come since the last call. @returns what resolves to false when no more are wanted */
function newFrames(video: HTMLVideoElement, signal: AbortSignal): () => Promise<boolean> {
  let hasCome = false;
  let tell = () => {};
  const onFrame = () => {
    hasCome = true;
    tell();
    if (!signal.aborted) video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
  signal.addEventListener("abort", () => tell(), { once: true });
  return async () => {
    if (!hasCome && !signal.aborted)
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
    hasCome = false;
    return !signal.aborted;
  };
}

function frameOf(video: HTMLVideoElement): Picture {
  const { videoWidth: width, videoHeight: height } = video;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
  context.drawImage(video, 0, 0);
  return { width, height, rgb: withoutAlpha(context.getImageData(0, 0, width, height).data) };
}
