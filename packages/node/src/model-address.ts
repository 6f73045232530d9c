/**
 * How models are named that are not on this disk, and where their files are; pages do as the command line does.
 * @module
 */
import { chooseOnnx, LimnError } from "@limn/core";
import * as v from "valibot";

/** A model of the Hugging Face hub. */
export interface HubModel {
  /** `owner/name` */
  readonly id: string;
  /** A branch, tag or commit. Default: `main`. */
  readonly revision?: string;
  /** The path of its .onnx file. Default: what `chooseOnHub` chooses. */
  readonly file?: string;
}

/** The hub, unless somebody uses a mirror of it. */
export const HUB = "https://huggingface.co";

const HUB_ID = /^\w[\w.-]*\/\w[\w.-]*$/;

/** The address of a model's page, or of a file's there, which people copy from their browser. */
const HUB_PAGE =
  /^https:\/\/(?:huggingface\.co|hf\.co)\/(?!api\/)(\w[\w.-]*\/\w[\w.-]*)(?:\/(tree|blob|resolve)\/([^/?#]+)(?:\/([^?#]+))?)?\/?(?:[?#].*)?$/;

/** The model of the hub that a text names: by its id, its page, or a page of one of its .onnx files; undefined for other texts. */
export function hubModelIn(text: string): HubModel | undefined {
  if (HUB_ID.test(text)) return { id: text };
  const [, id, , revision, path] = HUB_PAGE.exec(text) ?? [];
  if (id === undefined) return undefined;
  const file = path === undefined ? undefined : decoded(path);
  const isModel = file !== undefined && /\.onnx$/i.test(file);
  // other files are downloaded as they are, and refused if they are no models
  if (file !== undefined && !isModel && !text.includes("/tree/")) return undefined;
  return { id, ...(revision ? { revision: decoded(revision) } : {}), ...(isModel ? { file } : {}) };
}

const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Reads an address that something is downloaded from: https://, or http:// on this machine.
 * @throws LimnError `bad-model` for anything else
 */
export function downloadAddress(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw new LimnError("bad-model", `${text}: this is not an address; check its spelling`, { cause: error });
  }
  if (url.protocol === "https:" || (url.protocol === "http:" && LOCAL.includes(url.hostname))) return url;
  const reason =
    url.protocol === "http:"
      ? "a download by http:// can be changed on its way; use https://, or download the file yourself"
      : "this is not an address that files are downloaded from; use https://";
  throw new LimnError("bad-model", `${text}: ${reason}`);
}

/** The name of the file that an address leads to; empty if it names none. */
export const fileNameIn = ({ pathname }: URL): string => decoded(pathname.split("/").at(-1) ?? "");

/** The address of a file that a model names, from that model's own. */
export const addressNextTo = (url: string | URL, location: string): URL =>
  new URL(location.split("/").map(encodeURIComponent).join("/"), url);

/** The address of what the hub's API says of a model. */
export const hubListing = (endpoint: string, id: string, revision: string): string =>
  `${endpoint}/api/models/${id}/revision/${encodeURIComponent(revision)}?expand=sha&expand=siblings`;

/** The address of a file's content on the hub. */
export const hubFile = (endpoint: string, id: string, revision: string, path: string): string =>
  `${endpoint}/${id}/resolve/${encodeURIComponent(revision)}/${path.split("/").map(encodeURIComponent).join("/")}`;

/** A commit of a model on the hub, and the paths of its files. */
export interface HubListing {
  readonly commit: string;
  readonly files: readonly string[];
}

const listing = v.object({ sha: v.string(), siblings: v.array(v.object({ rfilename: v.string() })) });

/** Reads what the hub's API says of a model; undefined for an answer that does not describe one. */
export function readHubListing(answer: unknown): HubListing | undefined {
  const { success, output } = v.safeParse(listing, answer);
  if (!success) return undefined;
  return { commit: output.sha, files: output.siblings.map(({ rfilename }) => rfilename) };
}

/**
 * The .onnx file of a model on the hub: the one that was asked for, or else its float32 one.
 * @throws LimnError `bad-model` with what is there instead
 */
export function chooseOnHub(
  files: readonly string[],
  { id, revision = "main", file }: HubModel,
  endpoint = HUB,
): string {
  const plain = files.filter(isPlain);
  if (file !== undefined) {
    if (plain.includes(file)) return file;
    const there = plain.filter((path) => /\.onnx$/i.test(path));
    const instead = there.length > 0 ? `its models are ${there.join(", ")}` : "no .onnx file is";
    throw new LimnError("bad-model", `${id}: ${file} is not in it; ${instead}`);
  }
  try {
    return chooseOnnx(plain, id, (path) => hubFile(endpoint, id, revision, path));
  } catch (error) {
    if (!(error instanceof LimnError) || files.some((path) => path.endsWith(".onnx"))) throw error;
    const how = `pip install "optimum[onnx]", then optimum-cli export onnx --model ${id} DIR, and give DIR as the model`;
    const others = `${endpoint}/models?library=onnx&search=${id.split("/")[1]}`;
    throw new LimnError("bad-model", `${error.message}; export it (${how}), or use an export: ${others}`, {
      cause: error,
    });
  }
}

/** Links to each of the .onnx files of a model on the hub, which `hubModelIn` reads. */
export const onnxLinks = ({ id, revision = "main" }: HubModel, files: readonly string[]): readonly string[] =>
  files.filter((path) => isPlain(path) && /\.onnx$/i.test(path)).map((path) => hubFile(HUB, id, revision, path));

/** Whether a name stays inside a snapshot's folder, even if the hub is not to be trusted. */
const isPlain = (path: string): boolean => !/(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[a-z]:/i.test(path);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
