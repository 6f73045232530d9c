import type { ReactNode } from "react";

/** Why there is no map where one would be. */
export const CellNote = ({ children }: { readonly children: ReactNode }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: long notes are scrolled by keys
  <p className="cell-note" tabIndex={0}>
    {children}
  </p>
);
