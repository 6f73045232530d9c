export type * from "./engine/engine.js";
export { Workbench } from "./engine/workbench.js";
export type { OfferedResults } from "./server/evaluations.js";
export { keptToken } from "./server/kept-token.js";
export { nameOfModel, nativePlatform, type Offer } from "./server/native-platform.js";
export { type StudioServer, type StudioServerOptions, serveStudio } from "./server/server.js";
