import { createReadStream } from "node:fs";
import { stat, truncate } from "node:fs/promises";
import { LimnError, VERSION } from "@limn/core";
import { CLASS_NAMES, FAMILY_NAMES, type Scene, type SceneSettings } from "@limn/scenes";
import { z } from "zod";
import { encodeRuns, runsOf } from "./run-length.js";

const loggedScene = z.object({
  index: z.int(),
  /** Relative to the folder of pictures, with slashes. */
  file: z.string(),
  size: z.int(),
  label: z.enum(CLASS_NAMES),
  objects: z.array(
    z.object({
      class: z.enum(CLASS_NAMES),
      family: z.enum(FAMILY_NAMES),
      drawing: z.string(),
      /** x, y, width, height in pixels. */
      box: z.array(z.int()).length(4),
      area: z.int(),
      visible: z.number(),
      /** Its own pixels, run-length encoded. */
      mask: z.string(),
    }),
  ),
});

/** A finished scene's line: all that is known of it but its pixels. */
export type LoggedScene = z.infer<typeof loggedScene>;

const logHead = z.object({ version: z.string(), settings: z.record(z.string(), z.unknown()) });

/** The line of a scene. @param file of its picture */
export function sceneLine({ index, size, label, objects, owners }: Scene, file: string): string {
  const logged: LoggedScene = {
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
  return `${JSON.stringify(logged)}\n`;
}

/** The first line: what scenes depend on, but not how many there are. */
export const headLine = (settings: SceneSettings): string => `${JSON.stringify({ version: VERSION, settings })}\n`;

/**
 * The finished scenes, in order; one whose line was cut off isn't one of them.
 * @throws LimnError `bad-input` where the file is no log of scenes
 */
export async function* readLog(path: string): AsyncGenerator<LoggedScene> {
  for await (const { number, text } of linesOf(path)) {
    if (number > 1) yield parsed(path, number, text, number - 2);
  }
}

/**
 * Makes a log ready to be gone on with: cuts off an unfinished last line.
 * @throws LimnError `bad-option` where its scenes are of other settings, `bad-input` where it is no log of scenes
 */
export async function reopenLog(path: string, settings: SceneSettings): Promise<void> {
  let end = 0;
  for await (const line of linesOf(path)) {
    if (line.number === 1) checkHead(path, line.text, settings);
    end = line.end;
  }
  if (end === 0) throw damaged(path, 1);
  if (end < (await stat(path)).size) await truncate(path, end);
}

interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Where the next one begins, in bytes. */
  readonly end: number;
}

/** Lines that end as lines do. */
async function* linesOf(path: string): AsyncGenerator<Line> {
  let [number, rest, end] = [0, "", 0];
  // all that is written is ASCII, a byte a character
  for await (const chunk of createReadStream(path, "latin1")) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() as string;
    for (const text of lines) {
      number++;
      end += text.length + 1;
      yield { number, text, end };
    }
  }
}

function parsed(path: string, number: number, text: string, index: number): LoggedScene {
  const { success, data } = loggedScene.safeParse(json(text));
  if (!success || data.index !== index) throw damaged(path, number);
  return data;
}

function checkHead(path: string, text: string, settings: SceneSettings): void {
  const { success, data } = logHead.safeParse(json(text));
  if (!success) throw damaged(path, 1);
  const told = { version: data.version, ...data.settings } as Record<string, unknown>;
  const differing = Object.entries({ version: VERSION, ...settings }).flatMap(([name, value]) => {
    const [there, wanted] = [JSON.stringify(told[name]), JSON.stringify(value)];
    return there === wanted ? [] : [`${name} ${there}, not ${wanted}`];
  });
  if (differing.length === 0) return;
  throw new LimnError(
    "bad-option",
    `${path}: its scenes are of ${differing.join("; ")}; give the same settings, or name another folder`,
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const damaged = (path: string, line: number): LimnError =>
  new LimnError("bad-input", `${path}: line ${line} is damaged, so nothing can go on from it; begin in another folder`);
