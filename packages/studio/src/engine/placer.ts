import { MapPlacer, type Runtime } from "@limn/core";

/** In a file of its own, which is loaded when the first map is smoothed, or laid over an input. */
export const openPlacer = (runtime: Runtime): Promise<MapPlacer> => MapPlacer.create(runtime);
