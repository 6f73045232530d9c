import base from "./vite.config.ts";
export default { ...base, resolve: { alias: [
  { find: /^@limn\/core\/vocabulary$/, replacement: "/work/wt/studio-page/packages/core/src/vocabulary.ts" },
  { find: /^@limn\/core$/, replacement: "/work/wt/studio-page/packages/core/src/index.ts" },
  { find: /^@limn\/models$/, replacement: "/work/wt/studio-page/packages/models/src/index.ts" },
  { find: /^@limn\/scenes$/, replacement: "/work/wt/studio-page/packages/scenes/src/index.ts" },
] } };
