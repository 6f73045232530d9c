import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Call, Engine, Progress, Subject } from "../../engine/engine.js";
import { engineOf } from "../store/session.js";
import { useStudio } from "../store/studio.js";

/** A call of the engine, as far as it has come. */
export interface Followed<Answer, Step> {
  /** Undefined until it is there. */
  readonly answer: Answer | undefined;
  readonly steps: readonly Step[];
}

const NOTHING = { answer: undefined, steps: [] };

/**
 * Calls the engine, and follows the call as long as the component is there and asks the same; then the call ends. The person
 * is told why it fails.
 * @param asked all that the answer depends on, as plain data; undefined if there is nothing to ask yet
 */
export function useCall<Asked, Answer, Step = Progress>(
  asked: Asked | undefined,
  begin: (engine: Engine, asked: Asked, call: Call<Step>) => Promise<Answer>,
): Followed<Answer, Step> {
  const [followed, setFollowed] = useState<Followed<Answer, Step>>(NOTHING);
  const newest = useRef(begin);
  useLayoutEffect(() => {
    newest.current = begin;
  });
  const said = JSON.stringify(asked);
  useEffect(() => {
    setFollowed(NOTHING);
    if (said === undefined) return;
    const abort = new AbortController();
    const { signal } = abort;
    const onStep = (step: Step) =>
      signal.aborted || setFollowed(({ answer, steps }) => ({ answer, steps: [...steps, step] }));
    newest.current(engineOf(useStudio.getState()), JSON.parse(said), { signal, onStep }).then(
      (answer) => signal.aborted || setFollowed(({ steps }) => ({ answer, steps })),
      (error) => signal.aborted || useStudio.getState().complain(error),
    );
    return () => abort.abort();
  }, [said]);
  return followed;
}

/** The model and the photo that are open, as a question is about them; undefined unless both are. */
export function useSubject(): { readonly subject: Subject; readonly revision: number } | undefined {
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  return model && photo && { subject: { model: model.handle, picture: photo.handle }, revision: model.revision };
}
