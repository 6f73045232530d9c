import { COLOR_MAPS, type ColorMapName } from "@limn/core";
import { SHEET_ORDERS, type SheetOrder } from "../sheet-orders.js";
import { TRUTH_TESTS, type TruthTest } from "../truth-tests.js";
import { VIEW_IDS, type ViewId } from "../view-ids.js";

/** A model or a photo: its name, and the beginning of its SHA-256. */
export interface Named {
  readonly name: string;
  readonly hash: string;
}

/** What an address says of the studio; what is as usual is left out. */
export interface Address {
  readonly model?: Named;
  readonly photo?: Named;
  /** The second of two models. */
  readonly other?: Named;
  /** The label of a class, or its index. */
  readonly target?: string;
  readonly pins?: readonly string[];
  readonly methods?: readonly string[];
  readonly layer?: string;
  readonly view?: ViewId;
  /** Of all photos. */
  readonly order?: SheetOrder;
  /** How it is tested whether a map is true. */
  readonly test?: TruthTest;
  /** The index of a node of the network. */
  readonly node?: number;
  readonly opacity?: number;
  readonly threshold?: number;
  readonly colors?: ColorMapName;
  readonly bothSigns?: true;
  readonly zoom?: { readonly scale: number; readonly x: number; readonly y: number };
}

/** How many digits of a hash tell files apart. */
export const HASH_DIGITS = 12;

/** The part of an address after `#`. What `readAddress` makes of it is the same again. */
export function writeAddress(address: Address): string {
  const {
    model,
    photo,
    other,
    target,
    pins,
    methods,
    layer,
    view,
    order,
    test,
    node,
    opacity,
    threshold,
    colors,
    bothSigns,
    zoom,
  } = address;
  const rounded = (value: number) => String(Number(value.toFixed(3)));
  const parts: readonly (readonly [string, readonly string[] | undefined])[] = [
    ["view", view && [view]],
    ["model", model && [model.name, model.hash]],
    ["photo", photo && [photo.name, photo.hash]],
    ["with", other && [other.name, other.hash]],
    ["class", target === undefined ? undefined : [target]],
    ["compare", pins],
    ["method", methods],
    ["layer", layer === undefined ? undefined : [layer]],
    ["order", order && [order]],
    ["test", test && [test]],
    ["node", node === undefined ? undefined : [String(node)]],
    ["opacity", opacity === undefined ? undefined : [rounded(opacity)]],
    ["threshold", threshold === undefined ? undefined : [rounded(threshold)]],
    ["colors", colors && [colors]],
    ["against", bothSigns && ["yes"]],
    ["zoom", zoom && [zoom.scale, zoom.x, zoom.y].map(rounded)],
  ];
  return parts
    .flatMap(([key, values]) => (values && values.length > 0 ? [`${key}=${values.map(encoded).join(",")}`] : []))
    .join("&");
}

/** Reads the part of an address after `#`; what makes no sense is left out. */
export function readAddress(text: string): Address {
  const parts = new Map(
    text
      .replace(/^#/, "")
      .split("&")
      .flatMap((part) => {
        const at = part.indexOf("=");
        return at > 0
          ? [
              [
                part.slice(0, at),
                part
                  .slice(at + 1)
                  .split(",")
                  .map(decoded),
              ] as const,
            ]
          : [];
      }),
  );
  const first = (key: string) => parts.get(key)?.[0] || undefined;
  const named = (key: string): Named | undefined => {
    const [name, hash = ""] = parts.get(key) ?? [];
    return name ? { name, hash } : undefined;
  };
  const share = (key: string): number | undefined => {
    const value = Number(first(key));
    return first(key) !== undefined && value >= 0 && value <= 1 ? value : undefined;
  };
  const [scale = Number.NaN, x = Number.NaN, y = Number.NaN] = (parts.get("zoom") ?? []).map(Number);
  const found: { readonly [Key in keyof Address]: Address[Key] | undefined } = {
    view: VIEW_IDS.find((id) => id === first("view")),
    model: named("model"),
    photo: named("photo"),
    other: named("with"),
    target: first("class"),
    pins: parts.get("compare")?.filter(Boolean),
    methods: parts.get("method")?.filter(Boolean),
    layer: first("layer"),
    order: SHEET_ORDERS.find((order) => order === first("order")),
    test: TRUTH_TESTS.find((test) => test === first("test")),
    node: /^\d+$/.test(first("node") ?? "") ? Number(first("node")) : undefined,
    opacity: share("opacity"),
    threshold: share("threshold"),
    colors: COLOR_MAPS.find((name) => name === first("colors")),
    bothSigns: first("against") === "yes" ? true : undefined,
    zoom: scale >= 1 && x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { scale, x, y } : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/**
 * What the address of the page says: the part after `#`, and before it what a link to the studio asks to open,
 * `?model=owner/name&photo=https://example.org/cat.jpg`.
 */
export function addressGiven({ search, hash }: Pick<Location, "search" | "hash">): Address {
  const asked = new URLSearchParams(search);
  const named = (key: string): Named | undefined => {
    const name = asked.get(key);
    return name ? { name, hash: "" } : undefined;
  };
  const [model, photo] = [named("model"), named("photo")];
  return { ...(model ? { model } : {}), ...(photo ? { photo } : {}), ...readAddress(hash) };
}

/** Encoded, but still read by people: spaces are pluses. */
const encoded = (text: string): string => encodeURIComponent(text).replaceAll("%20", "+").replaceAll("%2F", "/");

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
