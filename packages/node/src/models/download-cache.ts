import { copyFile, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/**
 * One repository in a cache of downloads, laid out as all programs of Hugging Face do it:
 * the content of files in blobs/, named by hash; for each commit a tree of links to them in snapshots/<commit>/;
 * in refs/<branch or tag> the commit that the name stood for when it was last asked for.
 */
export class DownloadCache {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  blob(name: string): string {
    return join(this.folder, "blobs", name);
  }

  snapshot(commit: string): string {
    return join(this.folder, "snapshots", commit);
  }

  /** The path of a snapshot's file, where it is whole. */
  async find(commit: string, path: string): Promise<string | undefined> {
    const link = join(this.snapshot(commit), path);
    return (await stat(link).catch(() => undefined))?.isFile() ? link : undefined;
  }

  /** A snapshot's files, with slashes. */
  async files(commit: string): Promise<string[]> {
    const entries = await readdir(this.snapshot(commit), { recursive: true }).catch(() => []);
    return entries.map((entry) => entry.replaceAll("\\", "/"));
  }

  /** Puts a blob into a snapshot. */
  async link(commit: string, path: string, blob: string): Promise<string> {
    const link = join(this.snapshot(commit), path);
    const target = this.blob(blob);
    await mkdir(dirname(link), { recursive: true });
    // what is there leads nowhere, or find had found it
    await rm(link, { force: true });
    try {
      await symlink(relative(dirname(link), target), link);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") return link;
      // Windows keeps links to those who may make them
      if (code !== "EPERM") throw error;
      await copyFile(target, `${link}.${process.pid}`);
      await rename(`${link}.${process.pid}`, link);
    }
    return link;
  }

  async ref(name: string): Promise<string | undefined> {
    const commit = await readFile(join(this.folder, "refs", name), "utf8").catch(() => undefined);
    return commit?.trim() || undefined;
  }

  async writeRef(name: string, commit: string): Promise<void> {
    const path = join(this.folder, "refs", name);
    if ((await this.ref(name)) === commit) return;
    await mkdir(dirname(path), { recursive: true });
    const unfinished = `${path}.${process.pid}`;
    await writeFile(unfinished, commit);
    await rename(unfinished, path);
  }
}
