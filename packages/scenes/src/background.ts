import { blend, type Canvas, type Color } from "./canvas.js";
import type { Direction, Random } from "./random.js";

/** Fills the canvas: a gradient, a pattern or a texture, often one over the other. */
export function paintBackground(canvas: Canvas, random: Random): void {
  const first = randomColor(random);
  fill(canvas, gradient(random, canvas.size), first, random.chance(0.3) ? first : randomColor(random));
  const layers = random.integer(0, 2);
  for (let i = 0; i < layers; i++) {
    const share = random.pick(MASKS)(random, canvas.size);
    overlay(canvas, share, randomColor(random), random.between(0.1, 0.8));
  }
}

/** Any color, muted ones more often, so that things stand out from most backgrounds. */
export function randomColor(random: Random): Color {
  const [light, strength] = [random.between(20, 235), random.number() ** 2];
  const channel = () => light + strength * (random.between(0, 255) - light);
  return [channel(), channel(), channel()];
}

/** How much of a color a pixel takes, from 0 to 1; x and y in pixels. */
type Share = (x: number, y: number) => number;

function fill(canvas: Canvas, share: Share, from: Color, to: Color): void {
  overlay(canvas, () => 1, from, 1);
  overlay(canvas, share, to, 1);
}

function overlay(canvas: Canvas, share: Share, color: Color, opacity: number): void {
  const { size } = canvas;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) blend(canvas, y * size + x, color, opacity * share(x, y));
  }
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

function gradient(random: Random, size: number): Share {
  if (random.chance(0.5)) {
    const { cos, sin } = random.direction();
    return (x, y) => clamp(0.5 + (cos * (x - size / 2) + sin * (y - size / 2)) / size);
  }
  const [cx, cy] = [random.between(0, size), random.between(0, size)];
  const radius = random.between(0.5, 1.2) * size;
  return (x, y) => clamp(((x - cx) ** 2 + (y - cy) ** 2) / radius ** 2);
}

const MASKS: readonly ((random: Random, size: number) => Share)[] = [texture, texture, stripes, checks, dots, ground];

/** Noise on a lattice, smoothed between its points, in octaves of half the size and strength each. */
function texture(random: Random, size: number): Share {
  const turn = random.direction();
  const salt = random.bits();
  const cell = random.between(0.04, 0.5) * size;
  // stretched cells look like wood or water
  const stretch = random.chance(0.3) ? random.between(2, 6) : 1;
  const octaves = random.integer(1, 3);
  return (x, y) => {
    const u = along(turn, x, y);
    const v = across(turn, x, y);
    let sum = 0;
    let weight = 1;
    let total = 0;
    let frequency = 1 / cell;
    for (let i = 0; i < octaves; i++) {
      sum += weight * latticeNoise(u * frequency, (v * frequency) / stretch, salt + i);
      total += weight;
      weight /= 2;
      frequency *= 2;
    }
    return sum / total;
  };
}

function stripes(random: Random, size: number): Share {
  const turn = random.direction();
  const period = random.between(0.06, 0.4) * size;
  return (x, y) => soft(Math.abs(2 * fraction(along(turn, x, y) / period) - 1), period);
}

function checks(random: Random, size: number): Share {
  const turn = random.direction();
  const period = random.between(0.12, 0.6) * size;
  const wave = (x: number) => soft(Math.abs(2 * fraction(x / period) - 1), period);
  return (x, y) => {
    const u = wave(along(turn, x, y));
    const v = wave(across(turn, x, y));
    return u * (1 - v) + v * (1 - u);
  };
}

function dots(random: Random, size: number): Share {
  const turn = random.direction();
  const period = random.between(0.08, 0.3) * size;
  const radius = random.between(0.15, 0.4);
  return (x, y) => {
    const u = fraction(along(turn, x, y) / period) - 0.5;
    const v = fraction(across(turn, x, y) / period) - 0.5;
    return clamp(0.5 + (radius - Math.sqrt(u * u + v * v)) * period);
  };
}

/** A floor below a wavy horizon. */
function ground(random: Random, size: number): Share {
  const height = random.between(0.3, 0.8) * size;
  const hills = random.between(0, 0.15) * size;
  const salt = random.bits();
  return (x, y) => clamp(0.5 + y - height - hills * (latticeNoise((4 * x) / size, 0, salt) - 0.5));
}

const fraction = (x: number): number => x - Math.floor(x);

/** The coordinate in a direction, and the one at a right angle to it. */
const along = ({ cos, sin }: Direction, x: number, y: number): number => cos * x + sin * y;
const across = ({ cos, sin }: Direction, x: number, y: number): number => cos * y - sin * x;

/** A triangle wave from 0 to 1 made steep, its edge about a pixel wide. */
const soft = (wave: number, period: number): number => clamp(0.5 + ((wave - 0.5) * period) / 2);

/** Values from 0 to 1 at whole coordinates, smooth between them. */
function latticeNoise(x: number, y: number, salt: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const u = smooth(x - left);
  const v = smooth(y - top);
  const upper = hash(left, top, salt) * (1 - u) + hash(left + 1, top, salt) * u;
  const lower = hash(left, top + 1, salt) * (1 - u) + hash(left + 1, top + 1, salt) * u;
  return upper * (1 - v) + lower * v;
}

const smooth = (t: number): number => t * t * (3 - 2 * t);

function hash(x: number, y: number, salt: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ salt;
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}
