import { randomColor } from "./background.js";
import type { Placement } from "./canvas.js";
import type { SceneSettings } from "./options.js";
import type { Random } from "./random.js";
import { SHAPE_NAMES } from "./shapes.js";
import type { Sprite } from "./sprite.js";
import { randomTint, type Thing } from "./thing.js";

/** The things of a scene, before their places are chosen. */
export interface Cast {
  /** The labeled class's objects. */
  readonly labeled: readonly Sprite[];
  readonly others: readonly Sprite[];
  /** Things of no class; a plain shape if there is no sprite. */
  readonly clutter: readonly (Sprite | undefined)[];
}

/** Things with their places, in the order in which they are painted. */
export interface Arrangement {
  readonly behind: readonly Thing[];
  /** The labeled objects, then the others. */
  readonly objects: readonly Thing[];
  readonly before: readonly Thing[];
}

/** Chooses a place, size and look for everything at random. */
export function arrange(cast: Cast, { size, scale }: SceneSettings, random: Random): Arrangement {
  const [least, most] = scale;
  const count = cast.labeled.length + cast.others.length;
  const largest = Math.max(least, Math.min(most, 1.2 / Math.sqrt(count)));
  const taken: Placement[] = [];
  const placed = (sprite: Sprite, share: number): Thing => {
    const placement = roomiest(random, size, sizeOf(sprite.aspect, (share * size) / 2), taken);
    taken.push(placement);
    return { sprite, placement, tint: randomTint(random), ...shadow(random, share * size) };
  };
  const shares = cast.labeled.map(() => random.between(least, largest));
  // no other object is larger than the largest of the labeled class
  const top = Math.max(...shares);
  const objects = [
    ...cast.labeled.map((sprite, i) => placed(sprite, shares[i] as number)),
    ...cast.others.map((sprite) => placed(sprite, random.between(least, top))),
  ];
  const behind: Thing[] = [];
  const before: Thing[] = [];
  for (const sprite of cast.clutter) {
    const thing = clutter(random, size, sprite);
    if (random.chance(BEFORE)) before.push(thing);
    else behind.push(thing);
  }
  return { behind, objects, before };
}

/** How often a thing of no class is painted over the objects. */
const BEFORE = 0.3;
/** How much may lie outside the picture, as a share of half an object's extent. */
const OVERHANG = 0.3;
/** How many places are tried for an object; the one with the most room is kept. */
const TRIES = 8;

function roomiest(random: Random, size: number, extent: Extent, taken: readonly Placement[]): Placement {
  let best = place(random, size, extent);
  for (let i = 1; i < TRIES && crowding(best, taken) > 0; i++) {
    const other = place(random, size, extent);
    if (crowding(other, taken) < crowding(best, taken)) best = other;
  }
  return best;
}

type Extent = Pick<Placement, "halfWidth" | "halfHeight">;

/** @param half of the longer side, in pixels */
const sizeOf = (aspect: number, half: number): Extent =>
  aspect > 1 ? { halfWidth: half, halfHeight: half / aspect } : { halfWidth: half * aspect, halfHeight: half };

function place(random: Random, size: number, extent: Extent): Placement {
  const turn = random.chance(0.15) ? random.direction() : random.tilt(0.27);
  const { halfWidth, halfHeight } = extent;
  const overhang = random.chance(0.3) ? OVERHANG : 0;
  const middle = (reach: number) => {
    const margin = Math.min((1 - overhang) * reach, size / 2);
    return random.between(margin, size - margin);
  };
  const x = middle(Math.abs(turn.cos) * halfWidth + Math.abs(turn.sin) * halfHeight);
  const y = middle(Math.abs(turn.sin) * halfWidth + Math.abs(turn.cos) * halfHeight);
  return { ...extent, x, y, turn, flipped: random.chance(0.5) };
}

/** How far circles of the objects' mean radius reach into each other, in pixels. */
function crowding(one: Placement, taken: readonly Placement[]): number {
  const radius = ({ halfWidth, halfHeight }: Placement) => (halfWidth + halfHeight) / 2;
  return taken.reduce((sum, other) => {
    const distance = Math.sqrt((one.x - other.x) ** 2 + (one.y - other.y) ** 2);
    return sum + Math.max(0, radius(one) + radius(other) - distance);
  }, 0);
}

function shadow(random: Random, extent: number): Pick<Thing, "shadow"> {
  if (!random.chance(0.5)) return {};
  const [x, y] = [random.between(-0.12, 0.12) * extent, random.between(0, 0.12) * extent];
  return { shadow: { x, y, opacity: random.between(0.15, 0.5) } };
}

function clutter(random: Random, size: number, sprite: Sprite | undefined): Thing {
  const share = random.between(0.06, 0.35);
  const extent = sizeOf(sprite?.aspect ?? random.between(0.3, 3), (share * size) / 2);
  const placement = { ...place(random, size, extent), x: random.between(0, size), y: random.between(0, size) };
  const look = sprite
    ? { sprite, tint: randomTint(random) }
    : { shape: random.pick(SHAPE_NAMES), color: randomColor(random) };
  return { ...look, placement, ...shadow(random, share * size) };
}
