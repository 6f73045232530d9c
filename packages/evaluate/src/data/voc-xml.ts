import { LimnError, type Rectangle } from "@limn/core";
import { readInput } from "@limn/node/internal";
import { XMLParser } from "fast-xml-parser";
import { z } from "zod";

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

const numeric = z
  .string()
  .refine((text) => text.trim() !== "" && Number.isFinite(Number(text)), "not a number")
  .transform(Number);

const annotationSchema = z.object({
  annotation: z.object({
    filename: z.string().optional(),
    size: z.object({ width: numeric, height: numeric }).optional(),
    object: z
      .array(
        z.object({
          name: z.string().min(1),
          bndbox: z.object({ xmin: numeric, ymin: numeric, xmax: numeric, ymax: numeric }),
        }),
      )
      .default([]),
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
  const { success, data, error } = annotationSchema.safeParse(parse(text.toString("utf8"), path));
  if (!success) {
    const [issue] = error.issues;
    throw new LimnError("bad-input", `${path}: ${issue?.path.join(".")}: ${issue?.message}; correct it`);
  }
  const { filename, size, object } = data.annotation;
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
