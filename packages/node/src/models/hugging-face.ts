import { join, posix } from "node:path";
import { COMPANIONS, LimnError } from "@limn/core";
import { chooseOnHub, type HubListing, type HubModel, hubFile, hubListing, readHubListing } from "../model-address.js";
import { weightFilesOf } from "../model-file.js";
import { companionsOf } from "./companions.js";
import { download } from "./download.js";
import { DownloadCache } from "./download-cache.js";
import { type Hub, headersFor, hubOf } from "./environment.js";
import type { FindModelOptions, FoundModel } from "./found-model.js";
import { describeFile, Refused, request, Unreachable } from "./http.js";
import { storageError } from "./storage-error.js";

const COMMIT = /^[0-9a-f]{40}$/;

/**
 * Downloads a model of the Hugging Face hub into the cache that all programs of Hugging Face share: its float32 .onnx file
 * with all its weights, config.json and preprocessor_config.json. Files that are in the cache are not downloaded again; if
 * the hub can't be reached, they are used as they are.
 * @throws LimnError `bad-model` that says what is wrong and what the hub has instead, `output` if the cache can't be written
 */
export async function findOnHub(model: HubModel, options: FindModelOptions): Promise<FoundModel> {
  const hub = hubOf();
  const { id, revision = "main" } = model;
  const repository = new Repository(model, hub, options);
  if (hub.offline) {
    return (
      (await repository.cached()) ??
      repository.refuse("the model is not in the cache, and HF_HUB_OFFLINE is set; unset it to download the model")
    );
  }
  // the files of a commit never change
  if (COMMIT.test(revision)) {
    const cached = await repository.cached();
    if (cached?.labels) return cached;
  }
  try {
    return await repository.brought();
  } catch (error) {
    if (error instanceof Refused) return repository.refuse(repository.adviceOn(error), error);
    if (!(error instanceof Unreachable)) throw storageError(error, hub.cache);
    const cached = await repository.cached();
    if (!cached) {
      return repository.refuse(
        `the model is not in the cache, and the hub can't be reached (${error.message}); go online, or set HF_ENDPOINT to a mirror`,
        error,
      );
    }
    return { ...cached, warnings: [`${id}: using the copy in the cache; the hub can't be reached (${error.message})`] };
  }
}

/**
 * The files of a model on the hub.
 * @throws LimnError `bad-model` as `findOnHub` does, or if the hub can't be reached
 */
export async function listOnHub(model: HubModel, options: FindModelOptions): Promise<readonly string[]> {
  const repository = new Repository(model, hubOf(), options);
  try {
    return (await repository.listed()).files;
  } catch (error) {
    if (error instanceof Refused) return repository.refuse(repository.adviceOn(error), error);
    if (error instanceof Unreachable) {
      return repository.refuse(
        `the hub can't be reached (${error.message}); go online, or set HF_ENDPOINT to a mirror`,
        error,
      );
    }
    throw error;
  }
}

class Repository {
  readonly #model: HubModel;
  readonly #id: string;
  readonly #revision: string;
  readonly #hub: Hub;
  readonly #options: FindModelOptions;
  readonly #cache: DownloadCache;

  constructor(model: HubModel, hub: Hub, options: FindModelOptions) {
    this.#model = model;
    this.#id = model.id;
    this.#revision = model.revision ?? "main";
    this.#hub = hub;
    this.#options = options;
    this.#cache = new DownloadCache(join(hub.cache, `models--${model.id.replace("/", "--")}`));
  }

  /** The model as it is in the cache, if all of it is. */
  async cached(): Promise<FoundModel | undefined> {
    const commit = COMMIT.test(this.#revision) ? this.#revision : await this.#cache.ref(this.#revision);
    const files = commit ? await this.#cache.files(commit) : [];
    if (!commit || !files.some((file) => file.endsWith(".onnx"))) return undefined;
    let onnx: string;
    try {
      onnx = this.#choose(files);
    } catch {
      // other programs may have downloaded other files of the repository
      return undefined;
    }
    const path = await this.#cache.find(commit, onnx);
    if (!path) return undefined;
    for (const location of weightFilesOf(path)) {
      if (!(await this.#cache.find(commit, nextTo(onnx, location)))) return undefined;
    }
    return this.#found(path);
  }

  /** The model as it is on the hub; downloads what the cache lacks. */
  async brought(): Promise<FoundModel> {
    const { commit, files } = await this.listed();
    const onnx = this.#choose(files);
    // the model comes last: if it is there, everything is there
    for (const file of Object.values(COMPANIONS)) if (files.includes(file)) await this.#bring(commit, file);
    const path = await this.#bring(commit, onnx);
    for (const location of weightFilesOf(path)) {
      const file = nextTo(onnx, location);
      // if a file is missing, the loader complains, as it does for a model on disk
      if (files.includes(file)) await this.#bring(commit, file);
    }
    if (!COMMIT.test(this.#revision)) await this.#cache.writeRef(this.#revision, commit);
    return this.#found(path);
  }

  /** The commit that the revision stands for now, and its files' paths. */
  async listed(): Promise<HubListing> {
    const url = hubListing(this.#hub.endpoint, this.#id, this.#revision);
    const response = await request(url, { headers: headersFor(url, this.#hub), signal: this.#options.signal });
    return (
      readHubListing(await response.json().catch(() => undefined)) ??
      this.refuse(`the answer of ${new URL(url).host} does not describe a model; try again, or check HF_ENDPOINT`)
    );
  }

  async #bring(commit: string, file: string): Promise<string> {
    const cached = await this.#cache.find(commit, file);
    if (cached) return cached;
    const url = hubFile(this.#hub.endpoint, this.#id, commit, file);
    const { progress, signal } = this.#options;
    const headers = headersFor(url, this.#hub);
    const { checksum, size } = await describeFile(url, { headers, signal });
    if (!checksum)
      return this.refuse(
        `${new URL(url).host} gives no hash for ${file}, so the download could not be checked; check HF_ENDPOINT`,
      );
    const name = `${this.#id}/${file}`;
    const path = this.#cache.blob(checksum.digest);
    await download({ url, headers, path, name, size, checksum, progress, signal });
    return this.#cache.link(commit, file, checksum.digest);
  }

  #choose(files: readonly string[]): string {
    return chooseOnHub(files, this.#model, this.#hub.endpoint);
  }

  #found(path: string): FoundModel {
    const { id, file } = this.#model;
    return { path, name: file === undefined ? id : `${id}/${file}`, ...companionsOf(path), warnings: [] };
  }

  refuse(reason: string, cause?: unknown): never {
    const revision = this.#revision === "main" ? "" : ` (revision ${this.#revision})`;
    throw new LimnError("bad-model", `${this.#id}${revision}: ${reason}`, { cause });
  }

  adviceOn({ status, hubCode, url }: Refused): string {
    const { endpoint, token } = this.#hub;
    if (hubCode === "RevisionNotFound") {
      return `there is no such revision; give a branch, tag or commit that ${endpoint}/${this.#id} shows`;
    }
    if (hubCode === "GatedRepo" || (status === 403 && url.startsWith(endpoint))) {
      const login = token ? "with the account that HF_TOKEN belongs to" : "and set HF_TOKEN";
      return `the model is gated: its owner gives access on request; ask for it at ${endpoint}/${this.#id} ${login}`;
    }
    if (status === 401 || status === 404) {
      const access = token
        ? "the token in HF_TOKEN may not read it"
        : "it is private; then set HF_TOKEN to a token that may read it";
      return `there is no such file here and no such model at ${endpoint}, or ${access}; check the spelling`;
    }
    return `the hub answers ${url} with HTTP status ${status}; check HF_ENDPOINT`;
  }
}

/** The path of a file that a model names, relative to the model's own folder. */
const nextTo = (onnx: string, location: string): string => posix.join(posix.dirname(onnx), location);
