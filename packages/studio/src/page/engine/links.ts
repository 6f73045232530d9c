import { COMPANIONS, LimnError } from "@limn/core";
import {
  addressNextTo,
  chooseOnHub,
  downloadAddress,
  fileNameIn,
  HUB,
  type HubListing,
  type HubModel,
  hubFile,
  hubListing,
  hubModelIn,
  onnxLinks,
  readHubListing,
} from "@limn/node/model-address";
import type { Call, ModelLink, NamedFile } from "../../engine/engine.js";
import { modelLinks } from "../../engine/model-links.js";
import { type Digest, type PlacedModel, placedModel, weightFilesOf } from "../../engine/placed-model.js";
import { download, RefusedDownload } from "./download.js";

/** The models that a link leads to. @throws LimnError `bad-model` if the hub refuses, or can't be reached */
export async function modelsAt(link: string, call: Call): Promise<readonly ModelLink[]> {
  const onHub = hubModelIn(link);
  if (!onHub) return modelLinks([downloadAddress(link).href]);
  return modelLinks(onnxLinks(onHub, (await listed(onHub, call)).files));
}

/**
 * Downloads a model, with its external data, and from the hub with config.json and preprocessor_config.json.
 * @throws LimnError `bad-model` that says what is wrong and what to do instead
 */
export async function linkedModel(link: string, digest: Digest, call: Call): Promise<PlacedModel> {
  const onHub = hubModelIn(link);
  return onHub ? fromHub(onHub, digest, call) : fromAddress(downloadAddress(link), digest, call);
}

/** @throws LimnError `bad-model` that says what is wrong and what to do instead */
export async function linkedPicture(link: string, call: Call): Promise<NamedFile> {
  const url = downloadAddress(link);
  const { bytes } = await download({ address: url.href, partOf: link }, call);
  return { name: fileNameIn(url) || url.host, bytes };
}

async function fromAddress(url: URL, digest: Digest, call: Call): Promise<PlacedModel> {
  const partOf = url.href;
  const { bytes, warnings } = await download({ address: partOf, partOf }, call);
  const model: NamedFile = { name: fileNameIn(url) || "model.onnx", bytes };
  const data = weightFilesOf(model).map(async (location): Promise<NamedFile> => {
    const { bytes } = await download({ address: addressNextTo(url, location).href, partOf }, call);
    return { name: location, bytes };
  });
  return withWarnings(await placedModel([model, ...(await Promise.all(data))], digest), model.name, warnings);
}

async function fromHub(model: HubModel, digest: Digest, call: Call): Promise<PlacedModel> {
  const { commit, files, warnings } = await listed(model, call);
  const bring = async (path: string): Promise<NamedFile> => {
    // the files of a commit never change
    const file = { address: hubFile(HUB, model.id, commit, path), partOf: model.id, isFixed: true };
    return { name: path, bytes: (await download(file, call)).bytes };
  };
  const onnx = await bring(chooseOnHub(files, model));
  const folder = onnx.name.slice(0, onnx.name.lastIndexOf("/") + 1);
  const others = [...Object.values(COMPANIONS), ...weightFilesOf(onnx).map((location) => `${folder}${location}`)];
  const found = await Promise.all(others.filter((path) => files.includes(path)).map(bring));
  const name = model.file === undefined ? model.id : `${model.id}/${model.file}`;
  return withWarnings(await placedModel([onnx, ...found], digest), name, warnings);
}

const withWarnings = (placed: PlacedModel, name: string, warnings: readonly string[]): PlacedModel => ({
  ...placed,
  name,
  warnings: [...placed.warnings, ...warnings],
});

/** What the hub says of a model. */
async function listed(
  { id, revision = "main" }: HubModel,
  call: Call,
): Promise<HubListing & { readonly warnings: readonly string[] }> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new LimnError("bad-model", `${id}: ${reason}`, { cause });
  };
  try {
    const { bytes, warnings } = await download({ address: hubListing(HUB, id, revision), partOf: id }, call);
    const listing = readHubListing(JSON.parse(new TextDecoder().decode(bytes)));
    return listing
      ? { ...listing, warnings }
      : refuse(`the answer of ${HUB} does not describe a model; try again later`);
  } catch (error) {
    const isMissing = error instanceof RefusedDownload && [401, 403, 404].includes(error.status);
    if (!isMissing) throw error;
    return refuse(
      `there is no such model or revision at ${HUB}, or it is gated or private; check the spelling, or set HF_TOKEN and open it in limn studio`,
      error,
    );
  }
}
