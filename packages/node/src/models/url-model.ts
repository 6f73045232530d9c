import { LimnError } from "@limn/core";
import { weightFilesOf } from "../model-file.js";
import type { FindModelOptions, FoundModel } from "./found-model.js";
import { fileAtUrl } from "./url-file.js";

/**
 * Downloads a model, and the files next to it that hold its weights, into Limn's own cache. When it is wanted again, the
 * server is asked whether anything has changed; if the server can't be reached, the cached copy is used.
 * @param address https://, or http:// on this machine
 * @throws LimnError `bad-model` with the server's answer, `output` if the cache can't be written
 */
export const findAtUrl = (address: string, options: FindModelOptions): Promise<FoundModel> =>
  fileAtUrl(checked(address), weightFilesOf, options);

const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

function checked(address: string): URL {
  let url: URL;
  try {
    url = new URL(address);
  } catch (error) {
    throw new LimnError("bad-model", `${address}: this is not an address; check its spelling`, { cause: error });
  }
  if (url.protocol === "https:" || LOCAL.includes(url.hostname)) return url;
  throw new LimnError(
    "bad-model",
    `${address}: a download by http:// can be changed on its way; use https://, or download the file yourself`,
  );
}
