import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as common from "onnxruntime-common";

/** What Limn uses of onnxruntime-node. */
type OnnxRuntime = Pick<typeof common, "InferenceSession" | "Tensor" | "env"> & {
  /** The execution providers that this build of ONNX Runtime knows; one that is not `bundled` needs further files. */
  listSupportedBackends(): { readonly name: string; readonly bundled: boolean }[];
};

const require = createRequire(import.meta.url);

/** What `copy-runtime.mjs` puts into the published package. */
const COPY = "../runtime";

const chosen = versionOf("onnxruntime-node") === versionOf("..") ? "onnxruntime-node" : COPY;

// On Linux and macOS, ONNX Runtime would send names and digests of models, and an identifier of the machine that it keeps on disk, to
// its makers (1.29 and newer; a pull request of theirs, "Add POSIX telemetry", lists it). It looks at this when it starts.
process.env.ORT_DISABLE_TELEMETRY ??= "1";

export const { InferenceSession, Tensor, env, listSupportedBackends }: OnnxRuntime = require(chosen);

/** The names of the execution providers that are there: those in the library itself, and those whose own library lies next to it. */
export function executionProviders(): string[] {
  const files = readdirSync(join(dirname(require.resolve(chosen)), "..", "bin"), { recursive: true, encoding: "utf8" });
  const here = join(process.platform, process.arch);
  const isThere = (name: string) =>
    files.some((file) => file.includes(here) && file.includes(`onnxruntime_providers_${name}.`));
  return listSupportedBackends().flatMap(({ name, bundled }) => (bundled || isThere(name) ? name : []));
}

/**
 * Whether an execution provider computes on this machine: its library may be there, and its driver or device not. This is tried in
 * a process of its own, since such libraries write logs to stderr as they start.
 */
export function starts(name: string): boolean {
  const options = JSON.stringify({ executionProviders: [name] });
  const program = `require(process.argv[1]).InferenceSession.create(Buffer.from(process.argv[2], "base64"), ${options})`;
  return (
    spawnSync(process.execPath, ["--eval", program, require.resolve(chosen), IDENTITY], { stdio: "ignore" }).status ===
    0
  );
}

/** An .onnx file of one node, y = Identity(x), in base64. */
const IDENTITY = "CAg6OQoQCgF4EgF5IghJZGVudGl0eRIDdHJ5Wg8KAXgSCgoICAESBAoCCAFiDwoBeRIKCggIARIECgIIAUIECgAQDQ==";

/**
 * The version of a package. onnxruntime-node is preferred to the copy if it is installed in the same version: somebody wanted
 * the provider for CUDA, which its install script downloads.
 */
function versionOf(name: string): string | undefined {
  try {
    return (require(`${name}/package.json`) as { version: string }).version;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
