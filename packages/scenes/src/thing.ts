import { blend, type Canvas, type Color, type Placement, visitPixels } from "./canvas.js";
import type { Direction, Random } from "./random.js";
import { SHAPES, type ShapeName } from "./shapes.js";
import { levelFor, type Sprite, sample } from "./sprite.js";

/** Something that is painted over the picture: a drawing in a tint of its own, or a plain shape in one color. */
export type Thing = {
  readonly placement: Placement;
  readonly shadow?: Shadow;
} & ({ readonly sprite: Sprite; readonly tint: Tint } | { readonly shape: ShapeName; readonly color: Color });

/** How much light a thing takes from what is painted under it; offsets in pixels. */
export interface Shadow {
  readonly x: number;
  readonly y: number;
  readonly opacity: number;
}

/** Rows of the matrix that a drawing's colors are multiplied by. */
export type Tint = readonly [Color, Color, Color];

/**
 * Turns the hue, weakens or strengthens the colors and changes their brightness.
 *
 *   M = gain * (s H + (1 - s) mean)      H = cos I + (1 - cos) mean + sin / sqrt(3) * [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]
 */
export function tintOf({ cos, sin }: Direction, saturation: number, gain: number): Tint {
  const turn = sin / Math.sqrt(3);
  const entry = (row: number, column: number): number => {
    const skew = [0, -turn, turn][(column - row + 3) % 3] as number;
    const hue = (row === column ? cos : 0) + (1 - cos) / 3 + skew;
    return gain * (saturation * hue + (1 - saturation) / 3);
  };
  const line = (row: number): Color => [entry(row, 0), entry(row, 1), entry(row, 2)];
  return [line(0), line(1), line(2)];
}

export function randomTint(random: Random): Tint {
  const hue = random.chance(0.2) ? random.direction() : random.tilt(0.3);
  const saturation = random.chance(0.08) ? 0 : random.between(0.5, 1.3);
  return tintOf(hue, saturation, random.between(0.75, 1.2));
}

/** Visits the pixels that a thing covers, with how much of each, from 0 to 1. */
export function cover(size: number, thing: Thing, visit: (pixel: number, alpha: number) => void): void {
  const { placement } = thing;
  if ("shape" in thing) {
    const inside = SHAPES[thing.shape];
    const reach = Math.min(placement.halfWidth, placement.halfHeight);
    visitPixels(size, placement, (pixel, u, v) => {
      const alpha = Math.min(1, 0.5 + inside(u, v) * reach);
      if (alpha > 0) visit(pixel, alpha);
    });
  } else {
    coverBySprite(size, placement, levelFor(thing.sprite, placement.halfWidth), visit);
  }
}

export function paint(canvas: Canvas, thing: Thing): void {
  if (thing.shadow) paintShadow(canvas, thing, thing.shadow);
  if ("shape" in thing) cover(canvas.size, thing, (pixel, alpha) => blend(canvas, pixel, thing.color, alpha));
  else paintSprite(canvas, thing);
}

function paintSprite(canvas: Canvas, { sprite, placement, tint }: Extract<Thing, { sprite: Sprite }>): void {
  const level = levelFor(sprite, placement.halfWidth);
  const texel = new Float32Array(4);
  const color: [number, number, number] = [0, 0, 0];
  visitPixels(canvas.size, placement, (pixel, u, v) => {
    sample(level, u, v, texel);
    const alpha = texel[3] as number;
    if (alpha === 0) return;
    for (let c = 0; c < 3; c++) {
      const row = tint[c] as Color;
      const value = row[0] * (texel[0] as number) + row[1] * (texel[1] as number) + row[2] * (texel[2] as number);
      color[c] = (255 * Math.min(alpha, Math.max(0, value))) / alpha;
    }
    blend(canvas, pixel, color, alpha / 255);
  });
}

const BLACK: Color = [0, 0, 0];
/** Levels of half the size each that make a shadow's edge soft. */
const SOFT = 3;

function paintShadow(canvas: Canvas, thing: Thing, { x, y, opacity }: Shadow): void {
  const { placement } = thing;
  const moved = { ...placement, x: placement.x + x, y: placement.y + y };
  const darken = (pixel: number, alpha: number) => blend(canvas, pixel, BLACK, opacity * alpha);
  if ("shape" in thing) cover(canvas.size, { ...thing, placement: moved }, darken);
  else coverBySprite(canvas.size, moved, levelFor(thing.sprite, placement.halfWidth, SOFT), darken);
}

function coverBySprite(
  size: number,
  placement: Placement,
  level: Sprite["levels"][number],
  visit: (pixel: number, alpha: number) => void,
): void {
  const texel = new Float32Array(4);
  visitPixels(size, placement, (pixel, u, v) => {
    sample(level, u, v, texel);
    if ((texel[3] as number) > 0) visit(pixel, (texel[3] as number) / 255);
  });
}
