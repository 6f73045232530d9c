import { LimnError } from "../error.js";
import type { Shape } from "../graph/tensor.js";
import type { Layout, Preprocessing } from "./preprocessing.js";

/** The pictures that a model's input takes; height and width in pixels. */
export interface ImageInput {
  readonly layout: Layout;
  /** 1 for gray, 3 for color. */
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
}

/**
 * Reads an input's shape, [1,C,H,W] or [1,H,W,C] with 1 or 3 channels.
 * @param name the input's name, for messages
 * @throws LimnError `unsupported` if the shape is not that of one picture
 */
export function imageInput(name: string, shape: Shape): ImageInput {
  const [batch, a = 0, b = 0, c = 0] = shape;
  if (shape.length === 4 && batch === 1) {
    if (a === 1 || a === 3) return { layout: "nchw", channels: a, height: b, width: c };
    if (c === 1 || c === 3) return { layout: "nhwc", channels: c, height: a, width: b };
  }
  throw new LimnError(
    "unsupported",
    `the input "${name}" of shape [${shape}] does not take one picture of 1 or 3 channels; give a .npy tensor of this shape instead`,
  );
}

/** The shape of an input, with a batch of 1. */
export const inputShape = ({ layout, channels, height, width }: ImageInput): Shape =>
  layout === "nchw" ? [1, channels, height, width] : [1, height, width, channels];

/**
 * Checks that a preprocessing gives what the model takes.
 * @param source the file, preset or option that the preprocessing came from, for messages
 * @throws LimnError `bad-input` with the key that does not fit
 */
export function checkFits(preprocessing: Preprocessing, input: ImageInput, source: string): void {
  const { resize, centerCrop, channels, layout, mean, std } = preprocessing;
  const refuse = (key: string, value: unknown, reason: string): never => {
    throw new LimnError("bad-input", `${source}: "${key}" is ${JSON.stringify(value)}, but ${reason}`);
  };
  const count = channels === "gray" ? 1 : 3;
  if (count !== input.channels) {
    refuse(
      "channels",
      channels,
      `the model takes ${input.channels} channel(s); give ${input.channels === 1 ? '"gray"' : '"rgb" or "bgr"'}`,
    );
  }
  if (layout !== input.layout)
    refuse("layout", layout, `the model takes "${input.layout}"; leave it out or correct it`);
  for (const [key, values] of Object.entries({ mean, std })) {
    if (values.length !== 1 && values.length !== count) {
      refuse(key, values, `the model takes ${count} channel(s); give 1 or ${count} number(s)`);
    }
  }
  const fixed = centerCrop !== "none" ? centerCrop : resize;
  if (typeof fixed !== "object") return;
  const [height, width] = fixed;
  if (height !== input.height || width !== input.width) {
    const key = fixed === centerCrop ? "centerCrop" : "resize";
    refuse(key, fixed, `the model takes [${input.height},${input.width}]; correct it, or leave it to a preset`);
  }
}
