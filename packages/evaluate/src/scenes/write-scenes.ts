import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LimnError } from "@limn/core";
import { makeFolder, writeFileAtomically } from "@limn/node";
import { outputError } from "@limn/node/internal";
import { attributionOf, type Scene, type SceneGenerator, scenePng } from "@limn/scenes";
import { appendLine } from "../line-log.js";
import { cocoDocument } from "./coco.js";
import { headOf, loggedOf, readSceneLog, reopenSceneLog } from "./scene-log.js";

/** What `writeScenes` takes. */
export interface WriteScenesOptions {
  /** Where the scenes are written. It is made if it is missing, and must be empty unless `resume` is given. */
  readonly folder: string;
  /** How many scenes the folder is to hold, including those that it holds already. */
  readonly count: number;
  /** Whether to go on with a folder whose scenes have the same settings. Default false. */
  readonly resume?: boolean;
  /** Called when scenes are finished. */
  readonly onProgress?: (progress: ScenesProgress) => void;
  /** Ends the work after the scenes that are being written. */
  readonly signal?: AbortSignal;
}

export interface ScenesProgress {
  /** Scenes that are finished, including those of earlier runs. */
  readonly done: number;
  readonly total: number;
}

export interface WrittenScenes {
  /** How many scenes the folder holds. */
  readonly scenes: number;
  /** How many of them were drawn by this call; 0 if nothing was left to do. */
  readonly drawn: number;
}

/**
 * Writes scenes to a folder: `images/CLASS/INDEX.png`; `annotations.json` in COCO's format; `scenes.jsonl`, the log that
 * `resume` needs; and `ATTRIBUTION.md`. The same settings give the same bytes, interrupted or not. When it ends, the
 * pictures, the log and the annotations are complete and agree with each other. Only if the process is killed or the disk
 * is full, the annotations may be missing or have fewer scenes, until the work is resumed.
 * @throws LimnError `bad-option` for a wrong count or folder, `output` if something can't be written or the signal aborts,
 *   `bad-input` if the folder's log is damaged
 * @example
 * const generator = new SceneGenerator({ seed: 7, classes: ["cat", "dog"] });
 * await writeScenes(generator, { folder: "scenes", count: 1000 }); // { scenes: 1000, drawn: 1000 }
 */
export async function writeScenes(
  generator: SceneGenerator,
  { folder, count, resume = false, onProgress, signal }: WriteScenesOptions,
): Promise<WrittenScenes> {
  if (!Number.isInteger(count) || count < 1) {
    throw new LimnError("bad-option", `scenes: count ${count}: give a whole number from 1`);
  }
  const paths = pathsIn(folder);
  const { finished, missing } = await begin(generator, folder, resume);
  const left = Math.max(0, count - finished) + missing.length;
  if (left === 0 && isUpToDate(paths)) return { scenes: finished, drawn: 0 };
  const annotate = () =>
    writeFileAtomically(
      paths.annotations,
      cocoDocument(generator.settings, () => readSceneLog(paths.log)),
    );
  const total = Math.max(count, finished);
  let drawn = 0;
  const report = () => onProgress?.({ done: total - left + drawn, total });
  try {
    await writeFileAtomically(paths.attribution, attributionOf(generator.settings.families));
    report();
    for await (const { scene, png } of encoded(generator, wanted(missing, finished, count), signal)) {
      const file = `${scene.label}/${String(scene.index).padStart(6, "0")}.png`;
      store(paths, file, png);
      // a scene is finished once it has its line, so the line comes last
      if (scene.index >= finished) appendLine(paths.log, loggedOf(scene, file));
      drawn++;
      report();
    }
    if (drawn < left) signal?.throwIfAborted();
    await annotate();
  } catch (error) {
    // the finished scenes get their annotations; the first error is the one to report
    await annotate().catch(() => {});
    throw stopped(error, folder, `${total - left + drawn} of ${total} scenes`, signal);
  }
  return { scenes: total, drawn };
}

interface Paths {
  readonly images: string;
  readonly annotations: string;
  readonly log: string;
  readonly attribution: string;
  /** The picture that is being written. */
  readonly unfinished: string;
}

const pathsIn = (folder: string): Paths => ({
  images: join(folder, "images"),
  annotations: join(folder, "annotations.json"),
  log: join(folder, "scenes.jsonl"),
  attribution: join(folder, "ATTRIBUTION.md"),
  unfinished: join(folder, ".unfinished.png"),
});

interface Beginning {
  /** Scenes that the log holds. */
  readonly finished: number;
  /** Scenes of the log whose pictures are missing. */
  readonly missing: readonly number[];
}

async function begin(generator: SceneGenerator, folder: string, resume: boolean): Promise<Beginning> {
  const paths = pathsIn(folder);
  await makeFolder(folder);
  if ((await readdir(folder)).length === 0) {
    await writeFileAtomically(paths.log, `${JSON.stringify(headOf(generator.settings))}\n`);
    return { finished: 0, missing: [] };
  }
  if (!resume) {
    throw new LimnError(
      "bad-option",
      `${folder}: the folder is not empty; give --resume to go on with it, or another folder`,
    );
  }
  if (!existsSync(paths.log)) {
    throw new LimnError(
      "bad-option",
      `${folder}: there is no scenes.jsonl in it to resume from; give an empty folder, or the folder of an earlier run`,
    );
  }
  await reopenSceneLog(paths.log, generator.settings);
  let finished = 0;
  const missing: number[] = [];
  for await (const { index, file } of readSceneLog(paths.log)) {
    finished++;
    if (!existsSync(join(paths.images, file))) missing.push(index);
  }
  return { finished, missing };
}

/** Whether nothing is to be written: annotations that are older than the log are those of a run that was killed. */
function isUpToDate({ annotations, log, attribution }: Paths): boolean {
  const changed = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
  return existsSync(attribution) && changed(annotations) >= changed(log);
}

function* wanted(missing: readonly number[], finished: number, count: number): Generator<number> {
  yield* missing;
  for (let index = finished; index < count; index++) yield index;
}

/** How many pictures other threads compress while the next scene is drawn. */
const IN_FLIGHT = 4;

interface Encoded {
  readonly scene: Scene;
  readonly png: Uint8Array;
}

/** Scenes with their pictures' bytes, in order, until the signal aborts. */
async function* encoded(
  generator: SceneGenerator,
  indices: Iterable<number>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Encoded> {
  const waiting: Promise<Encoded>[] = [];
  for (const index of indices) {
    if (signal?.aborted) break;
    const encoding = encode(await generator.scene(index));
    // an error that comes while an earlier picture is awaited is thrown in its turn
    encoding.catch(() => {});
    waiting.push(encoding);
    if (waiting.length > IN_FLIGHT) yield (await waiting.shift()) as Encoded;
  }
  for (const encoding of waiting) yield await encoding;
}

async function encode(scene: Scene): Promise<Encoded> {
  return { scene, png: await scenePng(scene) };
}

/** Writes a picture, synchronously: the threads that asynchronous calls would wait for are busy compressing. */
function store({ images, unfinished }: Paths, file: string, png: Uint8Array): void {
  const path = join(images, file);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(unfinished, png);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw outputError(path, error);
  }
}

/** The error to throw if the work ends early. @param extent how far it came */
function stopped(error: unknown, folder: string, extent: string, signal: AbortSignal | undefined): unknown {
  const goOn = "--resume goes on from there";
  if (signal?.aborted) {
    return new LimnError("output", `${folder}: interrupted after ${extent}; ${goOn}`, { cause: error });
  }
  if (!(error instanceof LimnError)) return error;
  return new LimnError(error.code, `${error.message} (${extent} are finished, ${goOn})`, { cause: error });
}
