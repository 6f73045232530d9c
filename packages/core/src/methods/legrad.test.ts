import { describe, it } from "vitest";
import {
  BLOCKS,
  expectClose,
  get,
  headsOf,
  type Matrix,
  mean,
  NETWORKS,
  probe,
  sumOver,
  TARGET,
} from "../testing/attention-twins.js";
import { classifierOf, mapsOf, noise } from "../testing/explaining.js";
import { transformer } from "../testing/transformer.js";

// no peer: the authors' package is made for CLIP models of open_clip only

describe.each(NETWORKS)("legrad of a network with %s", (_, options, { before }) => {
  it("is its definition: networks of fewer blocks read these as the last ones", async () => {
    const classifier = await classifierOf(transformer({ blocks: BLOCKS, ...options }));
    const image = noise(classifier.image.dims);
    const maps: number[][] = [];
    for (let blocks = 1; blocks <= BLOCKS; blocks++) {
      const shorter = await classifierOf(transformer({ ...options, blocks }));
      const last = probe("g", blocks - 1, ({ score, gradient }, A) => gradient(score, A));
      const [G] = await mapsOf(shorter, [{ method: last }], image, TARGET);
      const heads = headsOf([...(G?.values ?? [])], G?.shape ?? []);
      const size = (heads[0] as Matrix).length;
      maps.push(
        Array.from({ length: size }, (_, j) =>
          mean(heads.map((head) => sumOver(size, (i) => Math.max(0, get(head, i, j))) / size)),
        ),
      );
    }
    const expected = (maps[0] as number[]).map((_, j) => mean(maps.map((map) => map[j] as number))).slice(before);
    const [map] = await mapsOf(classifier, ["legrad"], image, TARGET);
    expectClose(map?.values, expected);
  });
});
