import type { Network } from "@limn/core";
import { useEffect, useState } from "react";
import type { Layout, LayoutReply, LayoutRequest } from "./layout.js";

let worker: Worker | undefined;
let last = 0;

/** Where the nodes of a stage are, as soon as that is found off the page's thread. @param indices the same array for the same nodes */
export function useLayout({ edges }: Network, indices: readonly number[]): Layout | undefined {
  const [found, setFound] = useState<{ readonly indices: readonly number[]; readonly layout: Layout }>();
  useEffect(() => {
    worker ??= new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module", name: "layout" });
    const asked = worker;
    const id = ++last;
    const onMessage = ({ data }: MessageEvent<LayoutReply>) => {
      if (data.id === id) setFound({ indices, layout: data.layout });
    };
    asked.addEventListener("message", onMessage);
    asked.postMessage({ id, edges, indices } satisfies LayoutRequest);
    return () => asked.removeEventListener("message", onMessage);
  }, [edges, indices]);
  return found?.indices === indices ? found.layout : undefined;
}
