import type { Picture, TensorValue } from "@limn/core";

/**
 * A picture of a preprocessed tensor, for people who explain tensors: its values, stretched so that the smallest finite
 * one is 0 and the largest 255. Values that are not finite are black.
 * @param tensor float32, one image: [1, C, H, W] or [1, H, W, C]
 * @param channelAxis 1 or 3
 */
export function pictureOfTensor({ data, dims }: TensorValue, channelAxis: number): Picture {
  const values = data as Float32Array;
  const channels = dims[channelAxis] ?? 1;
  const [height = 1, width = 1] = channelAxis === 1 ? dims.slice(2) : dims.slice(1, 3);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const v of values) {
    if (!Number.isFinite(v)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  const scale = high > low ? 255 / (high - low) : 0;
  const rgb = new Uint8Array(height * width * 3);
  for (let i = 0; i < rgb.length; i++) {
    const pixel = Math.floor(i / 3);
    const channel = channels >= 3 ? i % 3 : 0;
    const at = channelAxis === 1 ? channel * height * width + pixel : pixel * channels + channel;
    const value = values[at] as number;
    rgb[i] = Number.isFinite(value) ? Math.round((value - low) * scale) : 0;
  }
  return { width, height, rgb };
}
