import { lazy, Suspense } from "react";

const LookBar = lazy(() => import("./LookBar.js"));

/** The look bar, whose controls are loaded after the first picture. */
export const Looks = () => (
  <Suspense fallback={<div className="look-bar" />}>
    <LookBar />
  </Suspense>
);
