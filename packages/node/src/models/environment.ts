import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const HUB_URL = "https://huggingface.co";

/** The Hugging Face hub as environment variables describe it, the same as for Hugging Face's own programs. */
export interface Hub {
  /** HF_ENDPOINT, without a slash at its end. */
  readonly endpoint: string;
  /** HF_HUB_CACHE, or hub/ in HF_HOME; HUGGINGFACE_HUB_CACHE is an older name of it. */
  readonly cache: string;
  /** HF_HUB_OFFLINE. */
  readonly offline: boolean;
  /** HF_TOKEN, or what `hf auth login` has stored. */
  readonly token: string | undefined;
}

export function hubOf(env: NodeJS.ProcessEnv = process.env): Hub {
  return {
    endpoint: (env.HF_ENDPOINT || HUB_URL).replace(/\/+$/, ""),
    cache: env.HF_HUB_CACHE ?? env.HUGGINGFACE_HUB_CACHE ?? join(homeOf(env), "hub"),
    offline: isOffline(env),
    token: env.HF_TOKEN?.trim() || storedToken(env),
  };
}

export const isOffline = (env: NodeJS.ProcessEnv = process.env): boolean =>
  /^(1|true|yes|on)$/i.test(env.HF_HUB_OFFLINE ?? env.TRANSFORMERS_OFFLINE ?? "");

/** The folder of Hugging Face's programs. */
const homeOf = (env: NodeJS.ProcessEnv): string =>
  env.HF_HOME ?? join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "huggingface");

function storedToken(env: NodeJS.ProcessEnv): string | undefined {
  try {
    return readFileSync(env.HF_TOKEN_PATH ?? join(homeOf(env), "token"), "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The headers of a request to an address. The token is sent to the hub only. */
export function headersFor(url: string, { endpoint, token }: Hub): Record<string, string> {
  return token && new URL(url).origin === new URL(endpoint).origin ? { authorization: `Bearer ${token}` } : {};
}

/** Where models from other servers are kept: LIMN_CACHE. */
export const limnCache = (env: NodeJS.ProcessEnv = process.env): string =>
  env.LIMN_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "limn");
