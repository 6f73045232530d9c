import type { Picture } from "@limn/core";
import { type RefObject, useEffect, useState } from "react";
import type { Glance, MapWish } from "../../engine/engine.js";
import { engineOf } from "../store/session.js";
import { useStudio } from "../store/studio.js";
import { eachFrame } from "./frames.js";

/** A frame, and what the model says of it. */
export interface Live {
  readonly frame: Picture;
  readonly glance: Glance;
  /** How many frames were explained in the last second. */
  readonly rate: number;
}

/** For how long classes keep their order, in milliseconds: bars that jump can't be read. */
const ORDER_STAYS = 700;

/** How long is waited after a failure, in milliseconds. */
const REST = 1000;

/** Asks the model about what a video shows, frame by frame. The classes show what it says. */
export function useLive(video: RefObject<HTMLVideoElement | null>, wish: MapWish | undefined): Live | undefined {
  const handle = useStudio(({ model }) => model?.handle);
  const revision = useStudio(({ model }) => model?.revision);
  const said = JSON.stringify(wish);
  const [live, setLive] = useState<Live>();
  useEffect(() => {
    const { current } = video;
    if (!current || handle === undefined || revision === undefined || said === undefined) return;
    const abort = new AbortController();
    const { signal } = abort;
    const times: number[] = [];
    let order = { ranked: undefined as readonly number[] | undefined, since: 0 };

    const look = async (frame: Picture) => {
      const { chosen, peeked, hear, complain } = useStudio.getState();
      try {
        const pixels = { kind: "pixels", name: "camera", picture: frame } as const;
        const wishes = [JSON.parse(said) as MapWish];
        const glance = await engineOf(useStudio.getState()).glance(handle, pixels, wishes, peeked ?? chosen ?? -1, {
          signal,
        });
        const now = performance.now();
        if (!order.ranked || now - order.since > ORDER_STAYS)
          order = { ranked: glance.classification.ranked, since: now };
        hear({ ...glance.classification, ranked: order.ranked ?? [] });
        times.push(now);
        while ((times[0] as number) < now - 1000) times.shift();
        setLive({ frame, glance, rate: times.length });
      } catch (error) {
        if (signal.aborted) return;
        complain(error);
        await new Promise((resolve) => setTimeout(resolve, REST));
      }
    };
    void eachFrame(current, look, signal);
    return () => abort.abort();
  }, [video, handle, revision, said]);
  // what is said of the photo is shown again
  useEffect(() => () => useStudio.getState().askAgain(), []);
  return live;
}
