import { join } from "node:path";
import { makeFolder, writeFileAtomically } from "@limn/node";
import { demoScene, scenePng } from "@limn/scenes";

/** The path of a picture with a cat and a dog, for those who bring none. */
export async function demoPicture() {
  const path = join("limn-out", "cat-and-dog.png");
  await makeFolder("limn-out");
  await writeFileAtomically(path, await scenePng(await demoScene()));
  return path;
}
