import { type Canvas, canvasOf } from "./canvas.js";
import type { Random } from "./random.js";

/** What a camera does to a scene: exposure, blur and noise of the sensor. */
export function expose(canvas: Canvas, random: Random): Uint8Array {
  const gain = random.between(0.8, 1.15);
  const black = random.between(-10, 10);
  // in pixels of a picture of 128; larger pictures are blurred alike
  const sigma = random.chance(0.5) ? (random.between(0.2, 1.2) * canvas.size) / 128 : 0;
  const blurred = blur(canvas, sigma);
  const noise = random.chance(0.6) ? random.between(1, 14) : 0;
  const result = new Uint8Array(canvas.data.length);
  for (let i = 0; i < result.length; i++) {
    const exposed = gain * (blurred.data[i] as number) + black + (noise > 0 ? noise * bell(random) : 0);
    result[i] = Math.min(255, Math.max(0, Math.round(exposed)));
  }
  return result;
}

/** Near to normally distributed, mean 0 and deviation 1: the sum of the four bytes of one number (Irwin and Hall). */
function bell(random: Random): number {
  const bits = random.bits();
  const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
  return (sum - 510) / 147.8;
}

/** The variance of the kernel (w, 1 - 2w, w) is 2w; passes of w = 1/4 and a last one of what remains add up. */
function blur(canvas: Canvas, sigma: number): Canvas {
  let result = canvas;
  for (let variance = sigma * sigma; variance > 0; variance -= 0.5) {
    const weight = Math.min(variance, 0.5) / 2;
    result = smeared(smeared(result, weight, 3), weight, 3 * canvas.size);
  }
  return result;
}

/** One pass along the axis on which neighbors are `step` values apart; the border is repeated. */
function smeared({ size, data }: Canvas, weight: number, step: number): Canvas {
  const result = canvasOf(size);
  const across = step === 3 ? 3 * size : 3;
  for (let line = 0; line < size; line++) {
    for (let i = 0; i < size; i++) {
      const at = line * across + i * step;
      const before = i > 0 ? at - step : at;
      const after = i < size - 1 ? at + step : at;
      for (let c = 0; c < 3; c++) {
        const middle = data[at + c] as number;
        result.data[at + c] =
          middle + weight * ((data[before + c] as number) + (data[after + c] as number) - 2 * middle);
      }
    }
  }
  return result;
}
