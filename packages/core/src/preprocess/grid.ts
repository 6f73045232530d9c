import type { ExplanationMap } from "../explainer.js";

/** Values on a grid, row by row. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * A map's values as rows and columns. If the map keeps channels, their sum, since a picture shows one value a place.
 * @param channelAxis of the model's input: see `channelAxisOf`
 */
export function gridOf({ values, shape }: Pick<ExplanationMap, "values" | "shape">, channelAxis: number): Grid {
  if (shape.length === 2) return { height: shape[0] as number, width: shape[1] as number, data: values };
  const first = channelAxis === 1;
  const [channels, height, width] = (first ? shape : [shape[2], shape[0], shape[1]]) as [number, number, number];
  const data = new Float32Array(height * width);
  values.forEach((v, i) => {
    const pixel = first ? i % data.length : Math.floor(i / channels);
    data[pixel] = (data[pixel] as number) + v;
  });
  return { height, width, data };
}

/** In pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}
