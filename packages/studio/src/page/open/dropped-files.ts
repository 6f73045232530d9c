import { notePath } from "./path-of.js";

/** More files than that are a mistake: a home folder, a disk. */
const MOST_FILES = 20_000;

/** All files of what was dropped, those of folders too. @throws Error for folders of very many files */
export async function droppedFiles(data: DataTransfer): Promise<File[]> {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (entries.length === 0) return [...data.files];
  const files: File[] = [];
  for (const entry of entries) await gather(entry, files);
  return files;
}

async function gather(entry: FileSystemEntry, files: File[]): Promise<void> {
  if (files.length >= MOST_FILES) throw new Error(`there are more than ${MOST_FILES} files in it; drop fewer`);
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    files.push(notePath(file, entry.fullPath.replace(/^\//, "")));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const read = () => new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
  // a reader gives its entries in portions, and ends with an empty one
  for (let some = await read(); some.length > 0; some = await read()) for (const one of some) await gather(one, files);
}
