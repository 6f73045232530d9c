/** Maps that were made at several stages of a network; their names are `method/stage`. */
export interface StagedMaps {
  readonly methods: readonly string[];
  /** From the image to the score. */
  readonly stages: readonly string[];
}

/**
 * Finds the methods and stages in the names of maps.
 * @returns undefined if there are fewer than two stages
 */
export function stagedMaps(maps: readonly string[]): StagedMaps | undefined {
  const parts = maps.flatMap((name) => {
    const at = name.lastIndexOf("/");
    return at < 0 ? [] : [{ method: name.slice(0, at), stage: name.slice(at + 1) }];
  });
  const stages = [...new Set(parts.map(({ stage }) => stage))];
  if (stages.length < 2) return undefined;
  return { methods: [...new Set(parts.map(({ method }) => method))], stages };
}

/** The name of a method's map at a stage. */
export const stagedName = (method: string, stage: string): string => `${method}/${stage}`;
