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

/** The line of a finished scene: all that is known about it, except its pixels. */
export type LoggedScene = v.InferOutput<typeof loggedScene>;

const logHead = v.object({ version: v.string(), settings: v.record(v.string(), v.unknown()) });

/** A scene as the log has it. @param file the path of its picture */
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

/** The value of the first line: what scenes depend on, without their number. */
export const headOf = (settings: SceneSettings) => ({ version: VERSION, settings });

/**
 * The finished scenes, in order, without one whose line was cut off.
 * @throws LimnError `bad-input` if the file is no log of scenes
 */
export async function* readSceneLog(path: string): AsyncGenerator<LoggedScene> {
  for await (const { number, text } of linesOf(path)) {
    if (number > 1) yield parsed(path, number, text, number - 2);
  }
}

/**
 * Prepares a log to be continued.
 * @throws LimnError `bad-option` if its scenes have other settings, `bad-input` if it is no log of scenes
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
    `${path}: the scenes in it have other settings: ${differing.join("; ")}; give the same settings, or another folder`,
  );
}
