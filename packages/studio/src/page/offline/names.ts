// What this page keeps in the browser, by the names of its caches.

/** Models and photos of other hosts. */
export const DOWNLOADS = "limn-downloads";

/** The header of what is kept that says which model or photo it is a part of. */
export const PART_OF = "x-limn-part-of";

/** The page's own files; other pages of the same host may have theirs. @param scope the address of the page's folder */
export const pageCache = (scope: string): string => `limn-page ${scope}`;
