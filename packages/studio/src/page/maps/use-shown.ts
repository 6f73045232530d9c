import { useEffect } from "react";
import type { Shown } from "../store/shown.js";
import { useStudio } from "../store/studio.js";

/** Says which pictures the view shows, as long as it is there. @param shown may be a new array every time */
export function useShown(shown: readonly Shown[]): void {
  const said = JSON.stringify(shown);
  useEffect(() => {
    const { setShown } = useStudio.getState();
    setShown(JSON.parse(said));
    return () => setShown([]);
  }, [said]);
}
