import { readFileSync } from "node:fs";
import type { Size } from "../graph/tensor.js";
import type { Rectangle } from "../preprocess/geometry.js";
import type { ImageInput } from "../preprocess/image-input.js";
import type { Picture } from "../preprocess/picture.js";
import type { Preprocessing } from "../preprocess/preprocessing.js";

interface Golden {
  readonly pictures: Record<string, { width: number; height: number; rgb: string }>;
  readonly cases: {
    readonly name: string;
    readonly picture: string;
    readonly preprocessing: Preprocessing;
    readonly input: ImageInput;
    readonly image: string;
  }[];
  readonly geometry: {
    readonly picture: Size;
    readonly resize: number;
    readonly centerCrop: Size;
    readonly resized: Size;
    readonly top: number;
    readonly left: number;
  }[];
  readonly places: {
    readonly map: { height: number; width: number; data: string };
    readonly picture: { height: number; width: number };
    readonly view: Rectangle;
    readonly placed: string;
  }[];
}

/** What Pillow, torchvision and torch made of small pictures and maps; see fixtures/preprocess/make.py. */
export const golden = JSON.parse(
  readFileSync(new URL("../../../../fixtures/preprocess/golden.json", import.meta.url), "utf8"),
) as Golden;

export function goldenPicture(name: string): Picture {
  const picture = golden.pictures[name];
  if (!picture) throw new Error(`no golden picture "${name}"`);
  return { ...picture, rgb: new Uint8Array(Buffer.from(picture.rgb, "base64")) };
}

/** Float32 numbers from the base64 of their bytes. */
export function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, "base64");
  return new Float32Array(new Uint8Array(bytes).buffer);
}
