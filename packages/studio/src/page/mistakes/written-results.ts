import { LimnError } from "@limn/core";
import type { Evaluation } from "../../engine/engine.js";
import { evaluatedPicture, OF, type ResultItem } from "../../engine/evaluated-picture.js";
import { pathOf } from "../open/path-of.js";

const DOCUMENTS = ["evaluation.json", "confusion.json"];

/** A folder of results. It names its model and its pictures, but does not hold them. */
export interface WrittenResults {
  readonly evaluation: Evaluation;
  /** The SHA-256 of the model that they are of. */
  readonly model: string;
  /** What `--data` was. */
  readonly data: string;
}

/**
 * Reads what `limn evaluate` or `limn confusion` wrote into a folder.
 * @param files of the folder, one of them the log of its pictures
 * @throws LimnError `bad-input` if a file is missing or damaged
 */
export async function writtenResults(files: readonly File[]): Promise<WrittenResults> {
  const log = files.find(({ name }) => name.endsWith(".jsonl")) as File;
  const folder = pathOf(log).split("/").at(-2) ?? "the folder";
  const document = files.find(({ name }) => DOCUMENTS.includes(name));
  if (!document) {
    throw new LimnError(
      "bad-input",
      `${folder}: there is no ${DOCUMENTS.join(" or ")} in this folder; let the evaluation end first, and drop all of the folder`,
    );
  }
  const { model, source, classes } = parsed(await document.text(), `${folder}/${document.name}`);
  if (typeof model?.name !== "string" || typeof model.sha256 !== "string" || typeof source?.data?.data !== "string") {
    throw new LimnError(
      "bad-input",
      `${folder}/${document.name}: it does not say where the model and the data are; run the same command again`,
    );
  }
  const items = itemsIn(await log.text(), `${folder}/${log.name}`);
  const labels: string[] = [];
  for (const { class: target, name } of Array.isArray(classes) ? classes : [])
    if (isClass(target) && typeof name === "string") labels[target] = name;
  const { length: pictures } = items;
  return {
    evaluation: { name: folder, model: model.name, pictures, labels, methods: [], items },
    model: model.sha256,
    data: source.data.data,
  };
}

/** What is read of evaluation.json and confusion.json; nothing of it is sure. */
interface SaidDocument {
  readonly model?: { readonly name?: unknown; readonly sha256?: unknown };
  readonly source?: { readonly data?: { readonly data?: unknown } };
  /** Of `limn confusion`. */
  readonly classes?: readonly { readonly class?: unknown; readonly name?: unknown }[];
}

/** Each line is the pictures of a chunk, in any order, or something else. */
function itemsIn(text: string, path: string) {
  const items = text
    .split("\n")
    .filter(Boolean)
    .flatMap((line, i) => {
      const said = parsed(line, `${path}, line ${i + 1}`) as { readonly items?: unknown };
      return Array.isArray(said?.items) ? said.items : [];
    })
    // what could not be used has no class
    .filter(isItem)
    .sort((a, b) => a.index - b.index);
  if (items.length === 0)
    throw new LimnError("bad-input", `${path}: no picture was measured; run the same command again`);
  const folder = path.split("/")[0] as string;
  return items.map((item) => evaluatedPicture(folder, item));
}

const isClass = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isItem(value: unknown): value is ResultItem & { readonly index: number } {
  const { index, id, labels, target, probability, predicted, confidence } = (value ?? {}) as Record<string, unknown>;
  return (
    [index, target, predicted].every(isClass) &&
    [probability, confidence].every(Number.isFinite) &&
    typeof id === "string" &&
    Array.isArray(labels) &&
    labels.every(isClass)
  );
}

function parsed(text: string, path: string): SaidDocument {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LimnError("bad-input", `${path}: it is damaged; run the same command again`, { cause: error });
  }
}

/**
 * Finds the files of an evaluation's pictures, by their ids: paths in the folder of the data. If another folder was dropped, the
 * end of the path has to be the same, or the name, if no other file has it.
 */
export function pictureFinder({ name }: Pick<Evaluation, "name">, files: readonly File[]) {
  const byName = new Map<string, File[]>();
  for (const file of files) byName.set(file.name, [...(byName.get(file.name) ?? []), file]);
  return (picture: string): File | undefined => {
    const id = picture.slice(name.length + OF.length);
    const named = byName.get(id.split("/").at(-1) as string) ?? [];
    return named.find((file) => `/${pathOf(file)}`.endsWith(`/${id}`)) ?? (named.length === 1 ? named[0] : undefined);
  };
}
