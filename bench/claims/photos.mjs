/** How much of both extents a box and an outline share that are of one object. */
const SAME = 0.7;

/**
 * Photos with boxes and outlines in lists of their own, as COCO's document: an object with both is one annotation.
 * @param annotated images, each with `boxes` of x, y, width, height, `polygons` of x, y, x, y ... and, by model, the
 *   fitting classes among its five most probable
 * @param model whose most probable fitting class labels each photo that it has one for
 */
export function cocoOf({ images }, model) {
  const names = [
    ...new Set(images.flatMap(({ boxes, polygons }) => [...boxes, ...polygons].map(({ category }) => category))),
  ];
  const annotations = images.flatMap(({ boxes, polygons }, image_id) => {
    const alone = new Set(polygons);
    const boxed = boxes.map(({ category, bbox }) => {
      const own = [...alone].find((other) => other.category === category && overlap(extentOf(other), bbox) > SAME);
      alone.delete(own);
      return { category, bbox, ...(own ? { segmentation: [own.polygon] } : {}) };
    });
    const outlined = [...alone].map(({ category, polygon }) => ({ category, segmentation: [polygon] }));
    return [...boxed, ...outlined].map(({ category, ...object }) => ({
      image_id,
      category_id: names.indexOf(category),
      ...object,
    }));
  });
  return {
    images: images.map(({ file, width, height, targets }, id) => ({
      id,
      file_name: file,
      width,
      height,
      ...labelOf(targets, model),
    })),
    categories: names.map((name, id) => ({ id, name })),
    annotations,
  };
}

function labelOf(targets, model) {
  const hits = targets.flatMap(({ top5_hits: hits }) => hits[model] ?? []);
  const [best] = hits.sort(([, score], [, other]) => other - score);
  return best ? { label: best[0] } : {};
}

function extentOf({ polygon }) {
  const [x, y] = [0, 1].map((first) => polygon.filter((_, i) => i % 2 === first));
  const [left, top] = [Math.min(...x), Math.min(...y)];
  return [left, top, Math.max(...x) - left, Math.max(...y) - top];
}

/** Intersection over union of x, y, width, height. */
function overlap([ax, ay, aw, ah], [bx, by, bw, bh]) {
  const across = Math.max(0, Math.min(ax + aw, bx + bw) - Math.max(ax, bx));
  const down = Math.max(0, Math.min(ay + ah, by + bh) - Math.max(ay, by));
  return (across * down) / (aw * ah + bw * bh - across * down);
}
