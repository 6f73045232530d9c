import { fileNameIn, hubModelIn } from "@limn/node/model-address";
import type { ModelLink } from "./engine.js";

/** Links to models, with the names that people know them by. */
export const modelLinks = (links: readonly string[]): readonly ModelLink[] =>
  links.map((link) => ({ name: hubModelIn(link)?.file ?? (fileNameIn(new URL(link)) || link), link }));
