import { didYouMean, LimnError, VERSION } from "@limn/core";
import { maskOf, type Range, type Scene, SceneGenerator, type SceneOptions } from "@limn/scenes";
import type { DataChoice } from "./data-choice.js";
import type { DataItem, DataSet, OpenedItem } from "./data-set.js";
import { fingerprintOf } from "./fingerprint.js";

export const SCENES = "scenes:";

/** More scenes would take longer than anyone waits. */
const MOST_SCENES = 1e6;

/**
 * Scenes that are drawn when they are opened: `scenes:1000`, or with the options of `limn scenes`, as in
 * `scenes:count=1000,seed=7,others=1-2,classes=cat+dog`.
 * @throws LimnError `bad-option` that names the option
 */
export function readScenes({ data }: DataChoice): DataSet {
  const { count, options } = parseScenes(data);
  const generator = new SceneGenerator(options);
  const { settings } = generator;
  const items = Array.from({ length: count }, (_, i): DataItem => ({ id: String(i), label: generator.labelOf(i) }));
  return {
    title: `${count} scenes (seed ${settings.seed}, ${settings.size} pixels)`,
    items,
    objects: "masks",
    classes: settings.classes,
    warnings: [],
    fingerprint: fingerprintOf(items, JSON.stringify({ version: VERSION, settings })),
    open: async (index) => opened(await generator.scene(index)),
  };
}

function opened(scene: Scene): OpenedItem {
  const { size, pixels, objects } = scene;
  return {
    picture: { width: size, height: size, rgb: pixels },
    objects: objects.flatMap((object, k) =>
      object.area === 0 ? [] : [{ class: object.class, box: object.box, mask: async () => maskOf(scene, k) }],
    ),
    warnings: [],
  };
}

const OPTIONS = {
  count: number,
  seed: number,
  size: number,
  classes: list,
  families: list,
  instances: range,
  others: range,
  scale: range,
  clutter: range,
} as const satisfies Record<keyof SceneOptions | "count", (text: string) => unknown>;

function parseScenes(data: string): { count: number; options: SceneOptions } {
  const given: Record<string, unknown> = {};
  for (const part of data.slice(SCENES.length).split(",")) {
    const [, name = "count", text = ""] = /^(?:([^=]*)=)?(.*)$/.exec(part) ?? [];
    if (!(name in OPTIONS)) {
      throw invalid(data, `there is no option "${name}"; ${didYouMean(name, Object.keys(OPTIONS))}`);
    }
    const value = OPTIONS[name as keyof typeof OPTIONS](text.trim());
    if (value === undefined) throw invalid(data, `${name} "${text}": ${adviceOn(name)}`);
    given[name] = value;
  }
  const { count, ...options } = given as SceneOptions & { count?: number };
  if (count === undefined) throw invalid(data, "say how many scenes to draw, such as scenes:1000");
  if (!Number.isInteger(count) || count < 1 || count > MOST_SCENES) {
    throw invalid(data, `count ${count}: give a whole number from 1 to ${MOST_SCENES}`);
  }
  return { count, options };
}

const invalid = (data: string, reason: string): LimnError => new LimnError("bad-option", `${data}: ${reason}`);

function adviceOn(name: string): string {
  const parse = OPTIONS[name as keyof typeof OPTIONS];
  if (parse === number) return "give a number";
  return parse === range ? "give the least and the most, such as 1-3, or one number" : "give names with + between them";
}

function number(text: string): number | undefined {
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function range(text: string): Range | undefined {
  const [, least, most = least] = /^([\d.]+)(?:-([\d.]+))?$/.exec(text) ?? [];
  const ends = [Number(least), Number(most)] as const;
  return ends.every(Number.isFinite) ? ends : undefined;
}

function list(text: string): readonly string[] | undefined {
  return text === "" ? undefined : text.split("+").map((name) => name.trim());
}
