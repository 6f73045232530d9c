import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll } from "vitest";

/** A temporary folder for the files of a data set, gone when the tests are done. */
export class DataFolder {
  readonly path = mkdtempSync(join(tmpdir(), "limn-data-"));

  constructor() {
    afterAll(() => rmSync(this.path, { recursive: true }));
  }

  /** @returns the file's path */
  write(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  /** A gray picture. */
  async picture(name: string, width = 8, height = 6): Promise<string> {
    const create = { width, height, channels: 3, background: "#808080" } as const;
    return this.write(name, await sharp({ create }).png().toBuffer());
  }

  /** A picture of ones and zeros, white and black. @param pixels [height, width] */
  async mask(name: string, width: number, pixels: readonly number[]): Promise<string> {
    const raw = { width, height: pixels.length / width, channels: 1 } as const;
    const white = Uint8Array.from(pixels, (value) => value * 255);
    return this.write(name, await sharp(white, { raw }).png().toBuffer());
  }
}
