import { VERSION } from "@limn/core";
import { CLASS_NAMES, FAMILIES, licenseUrl, type SceneSettings } from "@limn/scenes";
import type { LoggedScene } from "./scene-log.js";

/**
 * COCO's document of instances, in parts. Masks are run-length encoded, and every annotation also has the share of the
 * object that is seen, and its drawing. An image's id is the scene's index; categories are numbered from 1 in the
 * order of all classes, whichever the scenes have; annotations from 1.
 * @param scenes reads the scenes again at each call, so that they are never in memory together
 */
export async function* cocoDocument(
  settings: SceneSettings,
  scenes: () => AsyncIterable<LoggedScene>,
): AsyncGenerator<string> {
  const { families } = settings;
  const info = { description: "Labeled scenes drawn by Limn", version: VERSION, settings };
  const licenses = families.map((family, i) => {
    const { title, author, license, url } = FAMILIES[family];
    return { id: i + 1, name: license, url: licenseUrl(license), family, title, author, source: url };
  });
  const categories = CLASS_NAMES.map((name, i) => ({ id: i + 1, name }));
  const head = Object.entries({ info, licenses, categories }).map(
    ([key, value]) => `"${key}":${JSON.stringify(value)}`,
  );
  yield `{${head.join(",\n")},\n"images":[`;
  yield* entries(imagesOf(scenes()));
  yield `],\n"annotations":[`;
  yield* entries(annotationsOf(scenes()));
  yield "]}\n";
}

async function* imagesOf(scenes: AsyncIterable<LoggedScene>): AsyncGenerator<object> {
  for await (const { index, file, size, label } of scenes) {
    yield { id: index, file_name: file, width: size, height: size, label };
  }
}

async function* annotationsOf(scenes: AsyncIterable<LoggedScene>): AsyncGenerator<object> {
  let id = 0;
  for await (const { index, size, objects } of scenes) {
    for (const { class: name, family, drawing, box, area, visible, mask } of objects) {
      // some readers fail on boxes without a pixel
      if (area === 0) continue;
      yield {
        id: ++id,
        image_id: index,
        category_id: CLASS_NAMES.indexOf(name) + 1,
        bbox: box,
        area,
        iscrowd: 0,
        segmentation: { size: [size, size], counts: mask },
        visible,
        family,
        drawing,
      };
    }
  }
}

/** How many characters a part of the document has, at least. */
const PART = 1 << 16;

/** The entries of a list, one per line. */
async function* entries(values: AsyncIterable<object>): AsyncGenerator<string> {
  let [part, separator] = ["", "\n"];
  for await (const value of values) {
    part += `${separator}${JSON.stringify(value)}`;
    separator = ",\n";
    if (part.length < PART) continue;
    yield part;
    part = "";
  }
  yield `${part}\n`;
}
