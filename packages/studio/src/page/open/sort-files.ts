/** What files that come together are for. */
export interface SortedFiles {
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

/** Says what files are for, by their names. What is neither a photo nor known belongs to the model. */
export function sortFiles(files: readonly File[]): SortedFiles {
  const photos = files.filter(isPhoto);
  const others = files.filter((file) => !isPhoto(file));
  const models = others.filter(isModel);
  if (models.length === 0 && others.every(isText)) return { model: [], photos, corrections: others };
  return { model: [...models, ...others.filter((file) => !isModel(file))], photos, corrections: [] };
}
