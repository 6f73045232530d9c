/** What the annotations of the shared photos of COCO hold. Each object is there by its box, and by its outline. */
export interface AnnotatedPhotos {
  /** Classes of ImageNet that a category stands for. */
  readonly coco_to_imagenet: Readonly<Record<string, readonly number[]>>;
  readonly images: readonly AnnotatedPhoto[];
}

export interface AnnotatedPhoto {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly { readonly category: string; readonly bbox: readonly number[] }[];
  readonly polygons: readonly { readonly category: string; readonly polygon: readonly number[] }[];
  /** What a model may take the photo for. */
  readonly targets: readonly { readonly category: string }[];
}

/** The same in COCO's form: a photo's label is its first target; objects are the boxes, followed by the outlines. */
export function cocoDocument(images: readonly AnnotatedPhoto[]): object {
  const names = [
    ...new Set(images.flatMap(({ boxes, polygons }) => [...boxes, ...polygons].map(({ category }) => category))),
  ].sort();
  const idOf = (category: string) => names.indexOf(category);
  return {
    images: images.map(({ file, width, height, targets: [target] }, id) => ({
      ...{ id, file_name: file, width, height },
      ...(target && names.includes(target.category) ? { label: target.category } : {}),
    })),
    categories: names.map((name, id) => ({ id, name })),
    annotations: images.flatMap(({ boxes, polygons }, image_id) => [
      ...boxes.map(({ category, bbox }) => ({ image_id, category_id: idOf(category), bbox })),
      ...polygons.map(({ category, polygon }) => ({ image_id, category_id: idOf(category), segmentation: [polygon] })),
    ]),
  };
}
