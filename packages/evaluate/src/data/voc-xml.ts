import { LimnError, mistakeOf, type Rectangle } from "@limn/core";
import { readInput } from "@limn/node/internal";
import { XMLParser } from "fast-xml-parser";
import * as v from "valibot";

export interface VocObject {
  readonly class: string;
  readonly box: Rectangle;
}

export interface VocAnnotation {
  readonly file: string | undefined;
  /** In pixels; 0 if the annotation doesn't say it. */
  readonly width: number;
  readonly height: number;
  readonly objects: readonly VocObject[];
  readonly text: Uint8Array;
}

const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === "object" });

const numeric = v.pipe(
  v.string(),
  v.check((text) => text.trim() !== "" && Number.isFinite(Number(text)), "not a number"),
  v.transform(Number),
);

const annotationSchema = v.object({
  annotation: v.object({
    filename: v.optional(v.string()),
    size: v.optional(v.object({ width: numeric, height: numeric })),
    object: v.optional(
      v.array(
        v.object({
          name: v.pipe(v.string(), v.nonEmpty()),
          bndbox: v.object({ xmin: numeric, ymin: numeric, xmax: numeric, ymax: numeric }),
        }),
      ),
      [],
    ),
  }),
});

/**
 * Reads an annotation of PASCAL VOC. Its corners are pixels, counted from 1, and both belong to the box, so that
 *
 *   x = xmin - 1      width = xmax - xmin + 1
 *
 * @throws LimnError `bad-input` that names the file and the line or element
 */
export function readVocXml(path: string): VocAnnotation {
  const text = readInput(path, "an annotation");
  const { success, output, issues } = v.safeParse(annotationSchema, parse(new TextDecoder().decode(text), path));
  if (!success) {
    const mistake = mistakeOf(issues);
    throw new LimnError("bad-input", `${path}: ${mistake.path.join(".")}: ${mistake.message}; correct it`);
  }
  const { filename, size, object } = output.annotation;
  return {
    file: filename,
    width: size?.width ?? 0,
    height: size?.height ?? 0,
    objects: object.map(({ name, bndbox: { xmin, ymin, xmax, ymax } }) => ({
      class: name,
      box: { x: xmin - 1, y: ymin - 1, width: xmax - xmin + 1, height: ymax - ymin + 1 },
    })),
    text,
  };
}

function parse(text: string, path: string): unknown {
  try {
    return parser.parse(text, true);
  } catch (error) {
    // the parser says reason:line:column
    const [, reason, line] = /^(.*):(\d+):\d+$/s.exec((error as Error).message) ?? [];
    throw new LimnError("bad-input", `${path}: line ${line ?? 1}: not XML (${reason ?? error}); correct it`, {
      cause: error,
    });
  }
}
