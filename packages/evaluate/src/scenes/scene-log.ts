import { LimnError, VERSION } from "@limn/core";
import { CLASS_NAMES, FAMILY_NAMES, type Scene, type SceneSettings } from "@limn/scenes";
import * as v from "valibot";
import { encodeRuns, runsOf } from "../data/run-length.js";
import { damagedLog, differencesOf, linesOf, parseLine, reopenLog } from "../line-log.js";

const whole = v.pipe(v.number(), v.safeInteger());

const loggedScene = v.object({
  index: whole,
  /** Relative to the folder of pictures, with slashes. */
  file: v.string(),
  size: whole,
  label: v.picklist(CLASS_NAMES),
  objects: v.array(
    v.object({
      class: v.picklist(CLASS_NAMES),
      family: v.picklist(FAMILY_NAMES),
      drawing: v.string(),
      /** x, y, width, height in pixels. */
      box: v.pipe(v.array(whole), v.length(4)),
      area: whole,
      visible: v.pipe(v.number(), v.finite()),
      /** Its own pixels, run-length encoded. */
      mask: v.string(),
    }),
  ),
});

/** A finished scene's line: all that is known of it but its pixels. */
export type LoggedScene = v.InferOutput<typeof loggedScene>;

const logHead = v.object({ version: v.string(), settings: v.record(v.string(), v.unknown()) });

/** What the log says of a scene. @param file of its picture */
export function loggedOf({ index, size, label, objects, owners }: Scene, file: string): LoggedScene {
  return {
    index,
    file,
    size,
    label,
    objects: objects.map(({ class: name, family, drawing, box, area, visible }, k) => ({
      class: name,
      family,
      drawing,
      box: [box.x, box.y, box.width, box.height],
      area,
      visible: Math.round(visible * 1e4) / 1e4,
      mask: encodeRuns(runsOf(owners, size, k + 1)),
    })),
  };
}

/** The first line's value: what scenes depend on, but not how many there are. */
export const headOf = (settings: SceneSettings) => ({ version: VERSION, settings });

/**
 * The finished scenes, in order; one whose line was cut off isn't one of them.
 * @throws LimnError `bad-input` where the file is no log of scenes
 */
export async function* readSceneLog(path: string): AsyncGenerator<LoggedScene> {
  for await (const { number, text } of linesOf(path)) {
    if (number > 1) yield parsed(path, number, text, number - 2);
  }
}

/**
 * Makes a log ready to be gone on with.
 * @throws LimnError `bad-option` where its scenes are of other settings, `bad-input` where it is no log of scenes
 */
export const reopenSceneLog = (path: string, settings: SceneSettings): Promise<void> =>
  reopenLog(path, (text) => checkHead(path, text, settings));

function parsed(path: string, number: number, text: string, index: number): LoggedScene {
  const { success, output } = v.safeParse(loggedScene, parseLine(text));
  if (!success || output.index !== index) throw damagedLog(path, number);
  return output;
}

function checkHead(path: string, text: string, settings: SceneSettings): void {
  const { success, output } = v.safeParse(logHead, parseLine(text));
  if (!success) throw damagedLog(path, 1);
  const differing = differencesOf({ version: output.version, ...output.settings }, { version: VERSION, ...settings });
  if (differing.length === 0) return;
  throw new LimnError(
    "bad-option",
    `${path}: its scenes are of ${differing.join("; ")}; give the same settings, or name another folder`,
  );
}
