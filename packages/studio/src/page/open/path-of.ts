const paths = new WeakMap<File, string>();

/** Where a file lies in the folder that was chosen or dropped; the name of a file that came alone. */
export const pathOf = (file: File): string => paths.get(file) ?? (file.webkitRelativePath || file.name);

/** Notes where a file lies in a dropped folder: browsers say it of chosen ones only. */
export function notePath(file: File, path: string): File {
  paths.set(file, path);
  return file;
}
