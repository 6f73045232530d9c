import type { Graph, Value } from "../graph/graph.js";
import { matmul, mul, reshape, sigmoid, transpose } from "../graph/math.js";
import { tensor } from "../graph/tensor.js";

/** How a picture is made of the parameters that are optimized. */
export interface Parameterization {
  /** The picture's red, green and blue (or gray), from 0 to 1: [1, C, H, W]. @param parameters of the same shape */
  rgb(parameters: Value): Value;
  /** The deviation of the noise that the parameters start from. */
  readonly deviation: number;
}

export interface PictureShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** The parameters are the pixels, through a sigmoid that keeps them within bounds. */
export const pixels: Parameterization = { rgb: sigmoid, deviation: 0.1 };

/**
 * The parameters are colors and frequencies that are independent of each other in natural pictures (Olah et al. 2017,
 * Lucid): steps of equal size then make structures of all sizes, while steps on pixels make noise.
 *
 *   rgb = sigmoid( B  D_h^T (X / f^a) D_w )     D the cosine transform, f the frequency, B the axes of natural colors
 *
 * @param falloff a: 1 as in natural pictures, more for smoother ones
 */
export function fourier({ channels, height, width }: PictureShape, falloff: number): Parameterization {
  return {
    rgb(parameters) {
      const { graph } = parameters;
      const weighted = mul(parameters, table(graph, "spectrum", [height, width], spectrum(height, width, falloff)));
      const rows = table(graph, `cosines/${height}`, [height, height], cosines(height));
      const columns = table(graph, `cosines/${width}`, [width, width], cosines(width));
      const spatial = matmul(matmul(transpose(rows, [1, 0]), weighted), columns);
      return sigmoid(channels === 3 ? colored(spatial, [channels, height, width]) : spatial);
    },
    deviation: 0.1,
  };
}

/** A constant that the graph holds only once. */
function table(graph: Graph, name: string, dims: readonly number[], values: readonly number[]): Value {
  const path = `imagine/${name}`;
  return (
    graph.initializers.find((value) => value.name === path) ??
    graph.addInitializer(path, tensor("float32", dims, values))
  );
}

/** The orthonormal cosine transform (DCT-II) of n points: row k is a wave of k half periods. */
function cosines(n: number): number[] {
  return Array.from({ length: n * n }, (_, i) => {
    const [k, x] = [Math.floor(i / n), i % n];
    return Math.sqrt((k === 0 ? 1 : 2) / n) * Math.cos((Math.PI * (2 * x + 1) * k) / (2 * n));
  });
}

/** 1 / f^falloff, scaled so that random parameters give pictures of the same contrast for every falloff. */
function spectrum(height: number, width: number, falloff: number): number[] {
  const weights = Array.from({ length: height * width }, (_, i) => {
    const [k, l] = [Math.floor(i / width) / (2 * height), (i % width) / (2 * width)];
    return Math.max(Math.sqrt(k * k + l * l), 1 / (2 * Math.max(height, width))) ** -falloff;
  });
  const power = weights.reduce((sum, w) => sum + w * w, 0) / (height * width);
  return weights.map((w) => w / Math.sqrt(power));
}

/** Light, blue against yellow, red against green: the axes along which natural colors vary, by their strength (Ruderman et al. 1998). */
const COLOR_AXES = [
  [1, 0.35, 0.15],
  [1, 0, -0.3],
  [1, -0.35, 0.15],
] as const;

function colored(x: Value, [channels, height, width]: readonly [number, number, number]): Value {
  const axes = table(x.graph, "colors", [channels, channels], COLOR_AXES.flat());
  return reshape(matmul(axes, reshape(x, [1, channels, height * width])), [1, channels, height, width]);
}
