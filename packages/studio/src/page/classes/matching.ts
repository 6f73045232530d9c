/**
 * The classes whose names fit what was typed, in their order: every word of it begins a word of the name; a number finds its
 * class too.
 */
export function matching(
  targets: readonly number[],
  query: string,
  nameOf: (target: number) => string,
): readonly number[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return targets;
  return targets.filter((target) => {
    const name = nameOf(target)
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u);
    return String(target) === query.trim() || words.every((word) => name.some((part) => part.startsWith(word)));
  });
}
