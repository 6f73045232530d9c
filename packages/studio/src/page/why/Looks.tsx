import { lazy, Suspense } from "react";
import { useStudio } from "../store/studio.js";

const LookBar = lazy(() => import("./LookBar.js"));

/** The look bar, whose controls are loaded after the first picture. */
export function Looks() {
  const isMade = useStudio(({ maps }) => maps.size > 0);
  const place = <div className="look-bar" />;
  return isMade ? (
    <Suspense fallback={place}>
      <LookBar />
    </Suspense>
  ) : (
    place
  );
}
