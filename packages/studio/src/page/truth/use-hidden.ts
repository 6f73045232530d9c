import type { Grid } from "@limn/core";
import { useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { newestOnly } from "../parts/newest.js";
import { engineOf } from "../store/session.js";
import { useStudio } from "../store/studio.js";

/**
 * Asks the model what it says with a part of the photo hidden, as long as the component is there; the classes show it. While
 * a question is under way, only the newest mask waits.
 */
export function useHidden(mask: Grid | undefined): void {
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  const by = useStudio((studio) => studio.hideBy);
  const ask = useMemo(newestOnly, []);
  const wanted = useRef<Grid | undefined>(undefined);
  // the engine answers while the page draws the mask
  useLayoutEffect(() => {
    wanted.current = mask;
    const { setHidden } = useStudio.getState();
    if (!mask || !model || !photo) {
      setHidden(undefined);
      return;
    }
    ask(async () => {
      if (wanted.current !== mask) return;
      const { complain } = useStudio.getState();
      try {
        const subject = { model: model.handle, picture: photo.handle };
        const said = await engineOf(useStudio.getState()).classify(subject, { mask, by });
        // an answer about an older mask is better than none, while a stroke goes on
        if (wanted.current !== undefined) setHidden(said);
      } catch (error) {
        complain(error);
      }
    });
  }, [mask, model, photo, by, ask]);
  useEffect(
    () => () => {
      wanted.current = undefined;
      useStudio.getState().setHidden(undefined);
    },
    [],
  );
}
