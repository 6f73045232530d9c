import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { dirname, join } from "node:path";
import { weightFilesOf } from "../model-file.js";

/** A SHA-256 over a model's file and the files that its weights are in. @param path of the .onnx file */
export async function modelHash(path: string): Promise<string> {
  const others = weightFilesOf(path).sort();
  const hash = createHash("sha256");
  for (const file of [path, ...others.map((location) => join(dirname(path), location))]) {
    for await (const part of createReadStream(file)) hash.update(part as Buffer);
  }
  return hash.digest("hex");
}
