import { reasonOf } from "@limn/core";

/** The server can't be reached, or can't answer now; a cached copy may do instead. */
export class Unreachable extends Error {}

/** The server has refused the request. */
export class Refused extends Error {
  readonly url: string;
  readonly status: number;
  /** The hub's own word for it, such as RepoNotFound. */
  readonly hubCode: string | null;

  constructor(response: Response) {
    super(`HTTP status ${response.status}`);
    this.url = response.url;
    this.status = response.status;
    this.hubCode = response.headers.get("x-error-code");
  }
}

export interface RequestOptions {
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  readonly redirect?: "follow" | "manual";
  readonly signal?: AbortSignal | undefined;
}

/** How long a server may take until it answers. */
const PATIENCE_MS = 15_000;

/**
 * Asks a server.
 * @returns an answer of status 200 to 399, or 416
 * @throws Unreachable, Refused, or the reason of the signal that the caller gave
 */
export async function request(url: string | URL, options: RequestOptions = {}): Promise<Response> {
  const { signal, ...init } = options;
  const waited = new AbortController();
  const timer = setTimeout(() => waited.abort(), PATIENCE_MS);
  let response: Response;
  try {
    response = await fetch(url, {
      ...init,
      // sizes and hashes are those of the file itself
      headers: { "user-agent": "limn", "accept-encoding": "identity", ...init.headers },
      signal: signal ? AbortSignal.any([signal, waited.signal]) : waited.signal,
    });
  } catch (error) {
    signal?.throwIfAborted();
    const reason = waited.signal.aborted ? `no answer in ${PATIENCE_MS / 1000} s` : networkReason(error);
    throw new Unreachable(`${new URL(url).host}: ${reason}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  const { status } = response;
  if (status < 400 || status === 416) return response;
  await response.body?.cancel();
  if (status >= 500 || status === 408 || status === 429) {
    throw new Unreachable(`${new URL(url).host}: the server answers with HTTP status ${status}`);
  }
  throw new Refused(response);
}

/** The reason for fetch's "fetch failed" and "terminated". */
export function networkReason(error: unknown): string {
  const { cause } = error as Error;
  const { code } = (cause ?? error) as NodeJS.ErrnoException;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "the server's name can't be resolved; are you online?";
  if (code === "ECONNREFUSED") return "the server refuses connections";
  if (code === "ECONNRESET" || code === "UND_ERR_SOCKET") return "the connection was cut";
  return code ?? reasonOf(cause ?? error);
}

/** SHA-256 of a file's content, or the SHA-1 that git knows it by. */
export interface Checksum {
  readonly algorithm: "sha256" | "git-sha1";
  /** In hexadecimal digits. */
  readonly digest: string;
}

/** What a server says of a file before it sends it. */
export interface RemoteFile {
  /** Without quotes, and without the mark of a weak one. */
  readonly etag: string | undefined;
  /** Undefined unless the Hugging Face hub itself says it: an ETag of other servers only looks like a checksum. */
  readonly checksum: Checksum | undefined;
  readonly lastModified: string | undefined;
  /** In bytes. */
  readonly size: number | undefined;
}

const REDIRECTS = 10;

/**
 * Asks a server about a file, without its content. If redirects describe the file, as the hub's redirects to its storage do,
 * the first of them counts.
 */
export async function describeFile(
  url: string,
  { headers = {}, signal }: Pick<RequestOptions, "headers" | "signal"> = {},
): Promise<RemoteFile> {
  let place = new URL(url);
  let sent = headers;
  for (let i = 0; i < REDIRECTS; i++) {
    const response = await head(place, sent, signal);
    const linked = response.headers.get("x-linked-etag");
    if (response.status < 300 || linked) return described(response.headers, linked);
    const next = new URL(response.headers.get("location") ?? "", place);
    // the token is not sent to other servers
    if (next.origin !== place.origin) sent = {};
    place = next;
  }
  throw new Unreachable(`${place.host}: more than ${REDIRECTS} redirects`);
}

async function head(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal | undefined) {
  const options = { headers, redirect: "manual", signal } as const;
  try {
    return await request(url, { ...options, method: "HEAD" });
  } catch (error) {
    // a signed address may allow GET only
    if (!(error instanceof Refused) || ![403, 405, 501].includes(error.status)) throw error;
    const response = await request(url, { ...options, headers: { ...headers, range: "bytes=0-0" } });
    await response.body?.cancel();
    return response;
  }
}

function described(headers: Headers, linkedEtag: string | null): RemoteFile {
  const etag = (linkedEtag ?? headers.get("etag"))?.replace(/^W\//, "").replaceAll('"', "") || undefined;
  const whole = /\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1];
  const size = headers.get("x-linked-size") ?? whole ?? (linkedEtag ? null : headers.get("content-length"));
  return {
    etag,
    checksum: etag && (linkedEtag || headers.has("x-repo-commit")) ? checksumOf(etag) : undefined,
    lastModified: headers.get("last-modified") ?? undefined,
    size: size === null ? undefined : Number(size),
  };
}

/** The hub knows large files by their SHA-256 and others by git's SHA-1. */
function checksumOf(digest: string): Checksum | undefined {
  if (/^[0-9a-f]{64}$/.test(digest)) return { algorithm: "sha256", digest };
  return /^[0-9a-f]{40}$/.test(digest) ? { algorithm: "git-sha1", digest } : undefined;
}
