import type { ComponentType } from "react";
import type { Studio } from "./store/studio.js";
import type { ViewId } from "./view-ids.js";

/** A view of the workbench: a question that is asked of the model and the photo that are open. */
export interface View {
  readonly id: ViewId;
  readonly name: string;
  /** What it answers, in a line. */
  readonly summary: string;
  /** Whether it can be entered; views of what is not there are not offered. Default: always. */
  readonly offered?: (studio: Studio) => boolean;
  /** Whether it is not about the photo that is open; its place is then wider. Default: false. */
  readonly isApart?: true;
  /** Whether it shows a photo of its own. Default: false. */
  readonly hasOwnPhoto?: true;
  /** Its folder's component, loaded when it is first shown. */
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

/** All views, in the order in which they are offered. */
export const VIEWS: readonly View[] = [
  { id: "why", name: "Why", summary: "why this class, and why not that one", load: () => import("./why/WhyView.js") },
  {
    id: "depth",
    name: "Depth",
    summary: "where in the network",
    offered: ({ model }) => (model?.layers.filter(({ stage }) => stage !== undefined).length ?? 0) > 1,
    load: () => import("./depth/DepthView.js"),
  },
  {
    id: "tokens",
    name: "Attention",
    summary: "where every place of the photo looks",
    offered: ({ model }) => model?.tokens !== undefined,
    load: () => import("./tokens/TokensView.js"),
  },
  { id: "truth", name: "Truth", summary: "is it true: hide what counts", load: () => import("./truth/TruthView.js") },
  {
    id: "network",
    name: "Network",
    summary: "which way relevance goes, node by node",
    load: () => import("./network/NetworkView.js"),
  },
  {
    id: "imagine",
    name: "Class model",
    summary: "what the class looks like to the model",
    load: () => import("./imagine/ImagineView.js"),
  },
  {
    id: "models",
    name: "Two models",
    summary: "what another model sees in the same photo",
    load: () => import("./models/ModelsView.js"),
  },
  {
    id: "sheet",
    name: "All photos",
    summary: "what the model says of each photo, at a glance",
    offered: ({ photos, batch, view }) => view === "sheet" || photos.length + batch.length > 1,
    isApart: true,
    load: () => import("./sheet/SheetView.js"),
  },
  {
    id: "mistakes",
    name: "Mistakes",
    summary: "what the model gets wrong",
    isApart: true,
    load: () => import("./mistakes/MistakesView.js"),
  },
  {
    id: "live",
    name: "Camera",
    summary: "what the camera sees, while it moves",
    // one enters it where photos are added
    offered: ({ view }) => view === "live",
    hasOwnPhoto: true,
    load: () => import("./live/LiveView.js"),
  },
];
