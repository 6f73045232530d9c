/// <reference lib="webworker" />
import { type LayoutReply, type LayoutRequest, layoutOf } from "./layout.js";

self.onmessage = ({ data: { id, edges, indices } }: MessageEvent<LayoutRequest>) =>
  self.postMessage({ id, layout: layoutOf(edges, indices) } satisfies LayoutReply);
