/** A set of drawings by one hand. */
export interface IconFamily {
  readonly title: string;
  /** The package that the drawings were taken from. */
  readonly package: string;
  readonly author: string;
  /** SPDX identifier. */
  readonly license: string;
  readonly url: string;
}

/** The families that scenes use. Their licenses allow any use; some ask to name the author. */
export const FAMILIES = {
  emojione: {
    title: "Emoji One 2",
    package: "@iconify-json/emojione",
    author: "Emoji One",
    license: "CC-BY-4.0",
    url: "https://github.com/EmojiTwo/emojitwo",
  },
  fluent: {
    title: "Fluent Emoji, flat",
    package: "@iconify-json/fluent-emoji-flat",
    author: "Microsoft Corporation",
    license: "MIT",
    url: "https://github.com/microsoft/fluentui-emoji",
  },
  fxemoji: {
    title: "FxEmojis",
    package: "@iconify-json/fxemoji",
    author: "Mozilla",
    license: "Apache-2.0",
    url: "https://github.com/mozilla/fxemoji",
  },
  noto: {
    title: "Noto Emoji",
    package: "@iconify-json/noto",
    author: "Google Inc.",
    license: "Apache-2.0",
    url: "https://github.com/googlefonts/noto-emoji",
  },
  "noto-v1": {
    title: "Noto Emoji, first edition",
    package: "@iconify-json/noto-v1",
    author: "Google Inc.",
    license: "Apache-2.0",
    url: "https://github.com/googlefonts/noto-emoji",
  },
  streamline: {
    title: "Streamline Emojis",
    package: "@iconify-json/streamline-emojis",
    author: "Streamline",
    license: "CC-BY-4.0",
    url: "https://github.com/webalys-hq/streamline-vectors",
  },
  twemoji: {
    title: "Twemoji",
    package: "@iconify-json/twemoji",
    author: "Twitter, Inc. and other contributors",
    license: "CC-BY-4.0",
    url: "https://github.com/jdecked/twemoji",
  },
} as const satisfies Record<string, IconFamily>;

export type FamilyName = keyof typeof FAMILIES;

export const FAMILY_NAMES = Object.keys(FAMILIES) as readonly FamilyName[];

/** The family that the embedded models have never seen: it shows whether they know more than the drawings they learned from. */
export const UNSEEN_FAMILY: FamilyName = "twemoji";

/** The families that the embedded models learned from, which scenes use by default. */
export const SEEN_FAMILIES: readonly FamilyName[] = FAMILY_NAMES.filter((name) => name !== UNSEEN_FAMILY);
