/** Plain shapes by the distance to their edge: u and v from -1 to 1, positive inside. */
export const SHAPES = {
  ellipse: (u, v) => 1 - Math.sqrt(u * u + v * v),
  box: (u, v) => 1 - Math.max(Math.abs(u), Math.abs(v)),
  triangle: (u, v) => Math.min(1 - v, (1 + v) / 2 - Math.abs(u)),
  ring: (u, v) => 0.25 - Math.abs(Math.sqrt(u * u + v * v) - 0.75),
  cross: (u, v) => Math.min(1 - Math.max(Math.abs(u), Math.abs(v)), 0.3 - Math.min(Math.abs(u), Math.abs(v))),
} as const satisfies Record<string, (u: number, v: number) => number>;

export type ShapeName = keyof typeof SHAPES;

export const SHAPE_NAMES = Object.keys(SHAPES) as readonly ShapeName[];
