import { createHash } from "node:crypto";
import {
  type Classifier,
  compile,
  encodeWithoutWeights,
  findMethod,
  type MapRequest,
  methods,
  rules,
} from "@limn/core";
import { knownRange, type Subject } from "./subject.js";

/**
 * What tells maps of the user's own methods and rules from others of the same name: by map, a hash of the graph that
 * they make on this model.
 * @returns undefined where all methods and rules are Limn's
 */
export function ownDefinitions(
  requests: readonly MapRequest[],
  opened: Subject["opened"],
): Readonly<Record<string, string>> | undefined {
  const own = requests.filter(({ method, options }) => isOwnMethod(method) || holdsOwnRule(options));
  if (own.length === 0) return undefined;
  const { range } = knownRange(opened);
  return Object.fromEntries(own.map((request) => definitionOf(request, opened.classifier, range)));
}

function definitionOf(
  request: MapRequest,
  classifier: Classifier,
  inputRange: ReturnType<typeof knownRange>["range"],
): [map: string, hash: string] {
  const options = { scores: false, iterated: "loop", ...(inputRange ? { inputRange } : {}) } as const;
  const compiled = compile(classifier, [request], options);
  const [map] = compiled.maps;
  if (!map) throw new Error("a graph without its map");
  const { output, shape, signed, definition } = map;
  const hash = createHash("sha256")
    .update(encodeWithoutWeights(compiled))
    .update(JSON.stringify([shape, signed, definition.floating === true]));
  return [output, hash.digest("hex").slice(0, HASH_DIGITS)];
}

/** Enough of a hash to tell it from another. */
const HASH_DIGITS = 16;

function isOwnMethod(choice: MapRequest["method"]): boolean {
  if (typeof choice === "string") return false;
  const { method } = findMethod(choice);
  return !Object.values<object>(methods).includes(method);
}

const RULES_OF_LIMN: ReadonlySet<unknown> = new Set(Object.values(rules));

/** Whether there is a function somewhere in options, except in Limn's rules. */
const holdsOwnRule = (value: unknown): boolean =>
  typeof value === "function" ||
  (typeof value === "object" && value !== null && !RULES_OF_LIMN.has(value) && Object.values(value).some(holdsOwnRule));
