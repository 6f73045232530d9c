import { lazy, Suspense, useEffect, useState } from "react";
import { patiently } from "../parts/patiently.js";
import { useStudio } from "../store/studio.js";

const LookBar = lazy(patiently(() => import("./LookBar.js")));

/** How long the first picture has the browser for itself, in milliseconds. */
const PATIENCE = 200;

/** The look bar, whose controls are loaded after the first picture. */
export function Looks() {
  const isMade = useStudio(({ maps }) => maps.size > 0);
  const [isTime, setTime] = useState(isMade);
  useEffect(() => {
    if (!isMade) return;
    const timer = setTimeout(() => setTime(true), PATIENCE);
    return () => clearTimeout(timer);
  }, [isMade]);
  const place = <div className="look-bar" />;
  return isTime ? (
    <Suspense fallback={place}>
      <LookBar />
    </Suspense>
  ) : (
    place
  );
}
