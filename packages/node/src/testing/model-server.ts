import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that was made, for tests to look at. */
export interface Seen {
  readonly server: "hub" | "storage";
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly token: string | undefined;
}

/** What goes wrong as a file is sent. */
export interface Fault {
  /** The connection ends after so many bytes of the file, once. */
  readonly cutAt?: number;
  /** After so many bytes of the file nothing more comes, once. */
  readonly stallAt?: number;
  /** The content is other than the headers say. */
  readonly content?: Uint8Array;
  /** The size is said to be this. */
  readonly size?: number;
  /** Ranges are not known. */
  readonly ignoresRanges?: boolean;
}

interface Repository {
  /** Commits by revision, and files by commit. */
  readonly revisions: Map<string, string>;
  readonly commits: Map<string, ReadonlyMap<string, Uint8Array>>;
  access: "public" | "gated" | { readonly token: string };
}

/**
 * The parts of the Hugging Face hub that models are fetched by, on this machine: its API, its `resolve` addresses that
 * lead large files on to a storage of another origin, hashes as ETags. It serves plain files too.
 */
export class ModelServer {
  readonly seen: Seen[] = [];
  /** By file name. */
  readonly faults = new Map<string, Fault>();
  /** Files outside of repositories, by path. */
  readonly files = new Map<string, { content: Uint8Array; headers: Record<string, string> }>();
  readonly #repositories = new Map<string, Repository>();
  readonly #hub = createServer((request, response) => this.#answer(request, response));
  readonly #storage = createServer((request, response) => this.#answerFromStorage(request, response));
  readonly #stored = new Map<string, { name: string; content: Uint8Array }>();

  async start(port = 0): Promise<this> {
    await Promise.all([listen(this.#hub, port), listen(this.#storage, 0)]);
    return this;
  }

  async stop(): Promise<void> {
    await Promise.all([close(this.#hub), close(this.#storage)]);
  }

  get url(): string {
    return address(this.#hub);
  }

  /** Adds a commit to a repository, and makes the revision name it. */
  commit(id: string, files: Readonly<Record<string, Uint8Array | string>>, revision = "main"): string {
    const repository = this.#repositories.get(id) ?? { revisions: new Map(), commits: new Map(), access: "public" };
    const contents = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
    const commit = gitHash(Buffer.from(JSON.stringify([id, revision, repository.commits.size])));
    repository.commits.set(commit, contents);
    repository.revisions.set(revision, commit);
    this.#repositories.set(id, repository);
    return commit;
  }

  restrict(id: string, access: Repository["access"]): void {
    (this.#repositories.get(id) as Repository).access = access;
  }

  /** Paths whose content was asked for. */
  downloads(): string[] {
    const contents = this.seen.filter(({ method, path }) => method === "GET" && !path.startsWith("/api/models/"));
    return contents.map(({ server, path }) => (server === "storage" ? this.#stored.get(path)?.name : path) ?? path);
  }

  #note(server: Seen["server"], { method = "", url = "", headers }: IncomingMessage): void {
    const token = headers.authorization?.replace(/^Bearer /, "");
    this.seen.push({ server, method, path: url, range: headers.range, token });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.#note("hub", request);
    const path = decodeURIComponent(new URL(request.url ?? "", this.url).pathname);
    const plain = this.files.get(path);
    if (plain) this.#send(request, response, path, plain.content, plain.headers);
    else this.#answerForRepository(request, response, path);
  }

  #answerForRepository(request: IncomingMessage, response: ServerResponse, path: string): void {
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/(.+)$/.exec(path);
    const resolved = /^(\/api\/resolve-cache)?\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    const [id = "", revision = "", name] = api ? api.slice(1) : (resolved?.slice(2) ?? []);
    const repository = this.#repositories.get(id);
    const commit = repository?.revisions.get(revision) ?? revision;
    const files = repository?.commits.get(commit);
    const content = name === undefined ? undefined : files?.get(name);
    const denied = denial(request, repository);
    response.setHeader("x-repo-commit", commit);
    if (denied) refuse(response, ...denied);
    else if (!files) refuse(response, 404, "RevisionNotFound");
    else if (name === undefined) describe(response, id, commit, [...files.keys()]);
    else if (!content) refuse(response, 404, "EntryNotFound");
    else if (!name.endsWith(".json")) this.#sendToStorage(response, name, content);
    // small files: one more step on the hub itself
    else if (!resolved?.[1]) redirect(response, 307, `/api/resolve-cache${path}`);
    else this.#send(request, response, name, content, { etag: `W/"${gitHash(content)}"` });
  }

  #sendToStorage(response: ServerResponse, name: string, content: Uint8Array): void {
    const digest = sha256(content);
    const place = `/objects/${digest}`;
    this.#stored.set(place, { name, content });
    response.setHeader("x-linked-etag", `"${digest}"`);
    response.setHeader("x-linked-size", this.faults.get(name)?.size ?? content.byteLength);
    redirect(response, 302, `${address(this.#storage)}${place}`);
  }

  #answerFromStorage(request: IncomingMessage, response: ServerResponse): void {
    this.#note("storage", request);
    const stored = this.#stored.get(request.url ?? "");
    if (!stored) refuse(response, 404, "");
    else this.#send(request, response, stored.name, stored.content, { etag: '"of the storage"' });
  }

  #send(
    request: IncomingMessage,
    response: ServerResponse,
    name: string,
    whole: Uint8Array,
    headers: Readonly<Record<string, string>>,
  ): void {
    const { cutAt, stallAt, content = whole, ignoresRanges } = this.faults.get(name) ?? {};
    for (const [key, value] of Object.entries(headers)) response.setHeader(key, value);
    const start = ignoresRanges ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (start > 0) {
      response.statusCode = 206;
      response.setHeader("content-range", `bytes ${start}-${content.byteLength - 1}/${content.byteLength}`);
    }
    response.setHeader("content-length", content.byteLength - start);
    if (request.method === "HEAD") response.end();
    else if (cutAt !== undefined) {
      this.faults.delete(name);
      response.write(content.subarray(start, cutAt), () => setTimeout(() => response.destroy(), 20));
    } else if (stallAt !== undefined) {
      this.faults.delete(name);
      response.write(content.subarray(start, stallAt));
    } else response.end(content.subarray(start));
  }
}

/** Status and word for those who may not see a repository, or ask for one that is not there. */
function denial({ headers }: IncomingMessage, repository: Repository | undefined): [number, string] | undefined {
  if (!repository) return [headers.authorization ? 404 : 401, "RepoNotFound"];
  const { access } = repository;
  if (access === "gated") return [403, "GatedRepo"];
  if (access === "public" || headers.authorization === `Bearer ${access.token}`) return undefined;
  return [401, "RepoNotFound"];
}

function describe(response: ServerResponse, id: string, sha: string, files: readonly string[]): void {
  const siblings = files.map((rfilename) => ({ rfilename }));
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ _id: "1", id, sha, siblings, lastModified: "2024-01-01T00:00:00.000Z" }));
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.statusCode = status;
  if (code) response.setHeader("x-error-code", code);
  response.end("no");
}

function redirect(response: ServerResponse, status: number, location: string): void {
  response.statusCode = status;
  response.setHeader("location", location);
  response.end();
}

const listen = (server: Server, port: number) =>
  new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

const address = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** What git calls a file of this content. */
export const gitHash = (content: Uint8Array): string =>
  createHash("sha1").update(`blob ${content.byteLength}\0`).update(content).digest("hex");

export const sha256 = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");
