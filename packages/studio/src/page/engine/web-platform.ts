import { type LabelSet, LimnError } from "@limn/core";
import type { NamedFile } from "../../engine/engine.js";
import { MODELS, PICTURES } from "../../engine/named.js";
import { placedModel } from "../../engine/placed-model.js";
import type { Platform } from "../../engine/platform.js";
import { decode } from "./decode.js";
import { type Backend, webRuntime } from "./web-runtime.js";

// The addresses of what comes with the page, by paths from here.
const NETWORKS = import.meta.glob<string>("../../../../models/networks/*/*.{onnx,json}", {
  query: "?url",
  import: "default",
  eager: true,
});
const SCENES = import.meta.glob<string>("../../../pictures/*.png", { query: "?url", import: "default", eager: true });
const LABELS = import.meta.glob<string>("../../../../node/labels/*.json.gz", {
  query: "?url",
  import: "default",
  eager: true,
});

/** Runs a workbench in a Worker of the page; nothing leaves it. */
export function webPlatform(backend: Backend): Platform {
  const runtime = webRuntime(backend);
  return {
    kind: "browser",
    runtime,
    get runtimeName() {
      return runtime.words;
    },
    models: MODELS,
    pictures: PICTURES,
    async model(name, { signal }) {
      const paths = Object.entries(NETWORKS).filter(([path]) => path.split("/").at(-2) === name);
      if (paths.length === 0)
        throw new LimnError("bad-model", `${name}: no such model comes with the page; drop its files`);
      const files = await Promise.all(
        paths.map(async ([path, address]) => ({ name: baseOf(path), bytes: await read(address, name, signal) })),
      );
      return { ...(await placedModel(files, digest)), name };
    },
    modelsAt: async (link, call) => (await links()).modelsAt(link, call),
    linkedModel: async (link, call) => (await links()).linkedModel(link, digest, call),
    linkedPicture: async (link, call) => (await links()).linkedPicture(link, call),
    async picture(name): Promise<NamedFile> {
      const [, address] = Object.entries(SCENES).find(([path]) => baseOf(path) === `${name}.png`) ?? [];
      if (!address) throw new LimnError("bad-input", `${name}: no such picture comes with the page; drop it`);
      return { name: `${name}.png`, bytes: await read(address, name) };
    },
    decode,
    async labelSet(name) {
      return unpacked(await read(LABELS[labelsPath(name)] ?? "", name));
    },
    digest,
    evaluations: async () => [],
    evaluation: async (name) => {
      throw new LimnError("bad-option", `there is no evaluation "${name}"; start limn studio with --data`);
    },
    pause,
  };
}

/** Most visits follow no link. */
const links = () => import("./links.js");

const labelsPath = (name: LabelSet): string => `../../../../node/labels/${name}.json.gz`;

const baseOf = (path: string): string => path.split("/").at(-1) ?? path;

async function read(address: string, name: string, signal?: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(address, signal ? { signal } : {}).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw new LimnError(
      "bad-input",
      `${name}: the page's own files can't be read; are you offline, and was it never opened before?`,
      {
        cause: error,
      },
    );
  });
  if (!response.ok)
    throw new LimnError("bad-input", `${name}: the page's host answers ${response.status}; load the page again`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The text of a gzipped file, which some hosts have unpacked already. */
async function unpacked(bytes: Uint8Array): Promise<string> {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isPacked) return new TextDecoder().decode(bytes);
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

async function digest(bytes: Uint8Array): Promise<string> {
  if (!crypto.subtle) {
    throw new LimnError(
      "not-installed",
      "browsers hash files on secure pages only; open this page by https://, or on localhost",
    );
  }
  // it takes no memory that threads share
  const own = bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", own));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Timers would wait at least 4 ms. */
function pause(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
