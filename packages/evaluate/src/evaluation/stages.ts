/** Maps that were made at several stages of a network; they are called `method/stage`. */
export interface StagedMaps {
  readonly methods: readonly string[];
  /** From the image to the score. */
  readonly stages: readonly string[];
}

/** @returns undefined where no method was made at more than one stage */
export function stagedMaps(maps: readonly string[]): StagedMaps | undefined {
  const parts = maps.flatMap((name) => {
    const at = name.lastIndexOf("/");
    return at < 0 ? [] : [{ method: name.slice(0, at), stage: name.slice(at + 1) }];
  });
  const stages = [...new Set(parts.map(({ stage }) => stage))];
  if (stages.length < 2) return undefined;
  return { methods: [...new Set(parts.map(({ method }) => method))], stages };
}

/** The name of a map, as `stagedMaps` takes it apart. */
export const stagedName = (method: string, stage: string): string => `${method}/${stage}`;
