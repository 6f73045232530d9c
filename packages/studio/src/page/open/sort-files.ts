import { pathOf } from "./path-of.js";

/** The file by which a folder is known that `limn evaluate` or `limn confusion` has written. */
const LOG = "results.jsonl";

/** What files that come together are for. */
export interface SortedFiles {
  /** The files next to the log of an evaluation, with the log; empty without one. */
  readonly results: readonly File[];
  /** The .onnx file first, then what belongs to it: external data, labels, preprocessing. Empty if there is no model. */
  readonly model: readonly File[];
  readonly photos: readonly File[];
  /** Labels or a preprocessing for the model that is open; empty if a model comes with them. */
  readonly corrections: readonly File[];
}

const isModel = ({ name }: File): boolean => /\.(onnx|ort)$/i.test(name);
const isPhoto = ({ name, type }: File): boolean =>
  type.startsWith("image/") || /\.(jpe?g|png|webp|gif|avif|tiff?|bmp|svg|heic)$/i.test(name);
const isText = ({ name }: File): boolean => /\.(txt|json|csv|names)$/i.test(name);

const folderOf = (file: File): string => pathOf(file).slice(0, -file.name.length);

/** Says what files are for, by their names. What is neither a photo nor known belongs to the model. */
export function sortFiles(files: readonly File[]): SortedFiles {
  const log = files.find(({ name }) => name === LOG);
  const results = log ? files.filter((file) => folderOf(file) === folderOf(log)) : [];
  const rest = files.filter((file) => !results.includes(file));
  const photos = rest.filter(isPhoto);
  const models = rest.filter(isModel);
  // what lies in a folder of photos, such as a README or annotations, is about these
  const isOfPhotos = (file: File) => photos.length > 0 && models.length === 0 && folderOf(file) !== "";
  const others = rest.filter((file) => !isPhoto(file) && !isOfPhotos(file));
  if (models.length === 0 && others.every(isText)) return { results, model: [], photos, corrections: others };
  return { results, model: [...models, ...others.filter((file) => !isModel(file))], photos, corrections: [] };
}
