// Draws docs/images/scenes.png, the first 32 scenes of a seed; run it after `npm run build`.
import { fileURLToPath } from "node:url";
import { SceneGenerator } from "@limn/scenes";
import sharp from "sharp";

const [COLUMNS, ROWS, SIZE, GAP] = [8, 4, 128, 4];
const generator = new SceneGenerator({ seed: 7, size: SIZE });
const scenes = await Promise.all(Array.from({ length: COLUMNS * ROWS }, (_, index) => generator.scene(index)));

const extent = (count) => count * SIZE + (count - 1) * GAP;
await sharp({ create: { width: extent(COLUMNS), height: extent(ROWS), channels: 3, background: "white" } })
  .composite(
    scenes.map(({ index, pixels }) => ({
      input: pixels,
      raw: { width: SIZE, height: SIZE, channels: 3 },
      left: (index % COLUMNS) * (SIZE + GAP),
      top: Math.floor(index / COLUMNS) * (SIZE + GAP),
    })),
  )
  .png({ palette: true, effort: 10 })
  .toFile(fileURLToPath(new URL("scenes.png", import.meta.url)));
