import { dirname, resolve } from "node:path";

/** Whether a data set or a picture is named by an address of the web. */
export const isAddress = (name: string): boolean => /^https?:\/\//i.test(name);

/**
 * Where a file of a data set is.
 * @param base a folder, or an address that ends in a slash
 * @param path relative to it; or a path or an address that stands for itself
 * @returns a path or an address
 */
export function locate(base: string, path: string): string {
  if (isAddress(path)) return path;
  if (!isAddress(base)) return resolve(base, path);
  // a path, in which characters such as # and % stand for themselves
  return new URL(path.split("/").map(encodeURIComponent).join("/"), base).href;
}

/** A path with slashes, however Windows wrote it. */
export const withSlashes = (path: string): string => path.replaceAll("\\", "/");

/** The base of what a file names: where it is itself. @param file its path or address */
export const baseOf = (file: string): string => (isAddress(file) ? new URL(".", file).href : dirname(file));

/** A base that is given as it is: a folder, or an address with or without the slash at its end. */
export const baseFrom = (location: string): string => (isAddress(location) ? location.replace(/\/*$/, "/") : location);
