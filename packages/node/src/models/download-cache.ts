import { copyFile, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/**
 * One repository in a cache of downloads, in the layout that all programs of Hugging Face use: blobs/ holds the contents of
 * files, named by hash; snapshots/<commit>/ holds a tree of links to them for each commit; refs/<branch or tag> holds the
 * commit that the name stood for when the hub was last asked.
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

  /** The path of a snapshot's file, if it is whole. */
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
    // a link that is there leads nowhere, else find would have found it
    await rm(link, { force: true });
    try {
      await symlink(relative(dirname(link), target), link);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") return link;
      // on Windows, not everyone may make links
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
