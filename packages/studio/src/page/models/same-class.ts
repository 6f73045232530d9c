/**
 * The class of another model that has the same name: whichever of its synonyms, in whichever letters.
 * @param labels of the other model, such as "tench, Tinca tinca" or "fire_engine"
 * @returns its index; undefined if the other model has no such class
 */
export function sameClass(label: string, labels: readonly string[] | undefined): number | undefined {
  const wanted = namesIn(label);
  const at = labels?.findIndex((other) => namesIn(other).some((name) => wanted.includes(name))) ?? -1;
  return at < 0 ? undefined : at;
}

const namesIn = (label: string): readonly string[] =>
  label
    .split(",")
    .map((name) =>
      name
        .trim()
        .toLowerCase()
        .replace(/[\s_-]+/g, " "),
    )
    .filter(Boolean);
