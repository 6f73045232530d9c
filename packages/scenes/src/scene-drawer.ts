import { type Arrangement, arrange, type Cast } from "./arrange.js";
import type { Artist } from "./artist.js";
import { paintBackground } from "./background.js";
import { expose } from "./camera.js";
import { canvasOf } from "./canvas.js";
import type { ClassName } from "./classes.js";
import { type Drawing, Drawings } from "./drawings.js";
import { type SceneOptions, type SceneSettings, settingsOf } from "./options.js";
import { Random } from "./random.js";
import type { Box, Scene, SceneObject } from "./scene.js";
import { cover, paint, type Thing } from "./thing.js";

/**
 * Draws labeled scenes, wherever its artist can work; see `SceneGenerator` for Node. A scene depends on the settings, its index
 * and the artist alone, not on scenes that were drawn before.
 */
export class SceneDrawer {
  readonly settings: SceneSettings;
  readonly #drawings: Drawings;

  /** @throws LimnError `bad-option` that names the option, its value and what it may be */
  constructor(options: SceneOptions, artist: Artist) {
    this.settings = settingsOf(options);
    this.#drawings = new Drawings(this.settings.families, this.settings.size, artist);
  }

  /** The label of a scene. Every n scenes from a multiple of n have each of the n classes once. @param index from 0 */
  labelOf(index: number): ClassName {
    const { seed, classes } = this.settings;
    const round = Math.floor(index / classes.length);
    return new Random(seed ^ LABELS, round).shuffled(classes)[index % classes.length] as ClassName;
  }

  /** Draws a scene. @param index a whole number from 0 */
  async scene(index: number): Promise<Scene> {
    const { settings } = this;
    const random = new Random(settings.seed, index);
    const label = this.labelOf(index);
    const objects = this.#choose(label, random);
    const clutter = this.#chooseClutter(random);
    const sprites = (drawings: readonly (Drawing | undefined)[]) =>
      Promise.all(drawings.map((drawing) => drawing && this.#drawings.sprite(drawing)));
    const labeled = objects.filter((object) => object.class === label);
    const cast = {
      labeled: await sprites(labeled.map(({ drawing }) => drawing)),
      others: await sprites(objects.slice(labeled.length).map(({ drawing }) => drawing)),
      clutter: await sprites(clutter),
    } as Cast;
    const { arrangement, owners, visible } = arrangeVisibly(cast, settings, random);
    const canvas = canvasOf(settings.size);
    paintBackground(canvas, random);
    for (const thing of [...arrangement.behind, ...arrangement.objects, ...arrangement.before]) paint(canvas, thing);
    return {
      index,
      size: settings.size,
      pixels: expose(canvas, random),
      label,
      objects: objects.map(({ drawing, ...object }, k) => ({
        class: object.class,
        family: drawing.family,
        drawing: drawing.name,
        ...extentOf(owners, k + 1, settings.size),
        visible: visible[k] as number,
      })),
      owners,
    };
  }

  #choose(label: ClassName, random: Random): { readonly class: ClassName; readonly drawing: Drawing }[] {
    const { classes, instances, others } = this.settings;
    const otherClasses = classes.filter((name) => name !== label);
    const names = [
      ...Array.from({ length: random.integer(...instances) }, () => label),
      ...Array.from({ length: random.integer(...others) }, () => random.pick(otherClasses)),
    ];
    return names.map((name) => ({ class: name, drawing: random.pick(random.pick(this.#drawings.ofClass(name))) }));
  }

  #chooseClutter(random: Random): (Drawing | undefined)[] {
    const drawings = this.#drawings.ofNoClass();
    const count = random.integer(...this.settings.clutter);
    return Array.from({ length: count }, () => (random.chance(0.5) ? random.pick(drawings) : undefined));
  }
}

/** Keeps the random numbers of labels apart from those of scenes. */
const LABELS = 0x1abe15;
/** The share of an object that should be seen, so that a scene is fair. */
const LEAST_VISIBLE = 0.5;
/** Enough for five objects and four others in nearly all scenes; the best is kept otherwise. */
const TRIES = 30;

interface Visibly {
  readonly arrangement: Arrangement;
  readonly owners: Uint8Array;
  /** By object. */
  readonly visible: readonly number[];
}

function arrangeVisibly(cast: Cast, settings: SceneSettings, random: Random): Visibly {
  let best: Visibly | undefined;
  for (let i = 0; i < TRIES; i++) {
    const tried = look(arrange(cast, settings, random), settings.size);
    if (!best || Math.min(...tried.visible) > Math.min(...best.visible)) best = tried;
    if (Math.min(...best.visible) >= LEAST_VISIBLE) break;
  }
  return best as Visibly;
}

/** Finds out which object each pixel belongs to, and how much of each object is seen. */
function look(arrangement: Arrangement, size: number): Visibly {
  const owners = new Uint8Array(size * size);
  const own = (thing: Thing, owner: number) =>
    cover(size, thing, (pixel, alpha) => {
      if (alpha >= 0.5) owners[pixel] = owner;
    });
  arrangement.objects.forEach((thing, k) => {
    own(thing, k + 1);
  });
  for (const thing of arrangement.before) own(thing, 0);
  const seen = new Uint32Array(arrangement.objects.length + 1);
  for (const owner of owners) seen[owner] = (seen[owner] as number) + 1;
  const visible = arrangement.objects.map((thing, k) => Math.min(1, (seen[k + 1] as number) / silhouette(thing)));
  return { arrangement, owners, visible };
}

/** The pixels that a drawing would cover if nothing hid it. */
function silhouette({ placement, ...look }: Thing): number {
  const area = 4 * placement.halfWidth * placement.halfHeight;
  return "sprite" in look ? area * look.sprite.opaque : area;
}

function extentOf(owners: Uint8Array, owner: number, size: number): Pick<SceneObject, "box" | "area"> {
  let [left, right, top, bottom, area] = [size, -1, size, -1, 0];
  owners.forEach((pixel, i) => {
    if (pixel !== owner) return;
    const [x, y] = [i % size, Math.floor(i / size)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    area++;
  });
  const box: Box =
    area === 0
      ? { x: 0, y: 0, width: 0, height: 0 }
      : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
  return { box, area };
}
