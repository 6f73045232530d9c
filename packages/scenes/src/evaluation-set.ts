import { CLASS_NAMES } from "./classes.js";
import { SceneGenerator } from "./generator.js";
import type { SceneOptions } from "./options.js";
import type { Scene } from "./scene.js";

const GROUPS = {
  "one object": { seed: 101, instances: [1, 1], others: [0, 0] },
  "several instances": { seed: 102, instances: [2, 4], others: [0, 0] },
  "two classes": { seed: 103, instances: [1, 1], others: [1, 1] },
  "small objects": { seed: 104, instances: [1, 2], others: [0, 1], scale: [0.15, 0.25] },
} as const satisfies Record<string, SceneOptions>;

export type EvaluationGroup = keyof typeof GROUPS;

/** A scene that explanations are judged by, and the group of scenes that it is from. */
export interface EvaluationScene {
  readonly group: EvaluationGroup;
  readonly scene: Scene;
}

/** The evaluation set: 64 scenes of 128 x 128 pixels that never change, one of each class in each of the four groups. */
export async function* evaluationScenes(): AsyncGenerator<EvaluationScene> {
  for (const [group, options] of Object.entries(GROUPS) as [EvaluationGroup, SceneOptions][]) {
    const generator = new SceneGenerator({ ...options, size: 128 });
    for (let i = 0; i < CLASS_NAMES.length; i++) yield { group, scene: await generator.scene(i) };
  }
}
