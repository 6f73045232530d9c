import { downloadAddress } from "../model-address.js";
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
  fileAtUrl(downloadAddress(address), weightFilesOf, options);
