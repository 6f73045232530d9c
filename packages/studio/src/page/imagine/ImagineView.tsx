import { useEffect } from "react";
import { PictureCanvas } from "../photos/PictureCanvas.js";
import type { Imagined } from "../store/imagined.js";
import type { StudioModel } from "../store/model.js";
import { askedTarget, labelOf } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { percent } from "../words/numbers.js";
import "./imagine.css";

/** How long a class is to stay chosen before it is imagined, in milliseconds: arrows pass many. */
const PATIENCE = 400;

/** What a class looks like to the model: a picture that grows until the model is sure of it. */
export default function ImagineView() {
  const model = useStudio((studio) => studio.model);
  const target = useStudio(askedTarget);
  useEffect(() => () => useStudio.getState().stopImagining(), []);
  return model && target !== undefined ? <ClassModel key={model.revision} model={model} target={target} /> : null;
}

function ClassModel({ model, target }: { readonly model: StudioModel; readonly target: number }) {
  const imagined = useStudio((studio) => studio.imagined);
  const { imagine, stopImagining, askAboutImagined, choose } = useStudio.getState();
  const label = labelOf(model, target);
  const own = imagined.get(target);
  useEffect(() => {
    const { imagined, stopImagining, imagine } = useStudio.getState();
    stopImagining();
    if (imagined.get(target)?.state === "ready") return;
    const timer = setTimeout(() => void imagine(target), PATIENCE);
    return () => clearTimeout(timer);
  }, [target]);

  const others = [...imagined.values()].filter((one) => one.target !== target && one.picture);
  const grows = own?.state === "grows";
  return (
    <>
      <header className="question">
        <h1>
          What does <em>{label}</em> look like to {model.name}?
        </h1>
        <p className="faint">a picture from noise, changed until its score is as high as can be</p>
      </header>
      <div className="imagine">
        <figure>
          <div className="imagined" data-empty={!own?.picture || undefined}>
            {own?.picture && (
              <PictureCanvas
                picture={own.picture}
                name={`What ${label} looks like to ${model.name}, ${stateOf(own)}`}
              />
            )}
            {grows && <Growth done={own.done} total={own.total} />}
          </div>
          <figcaption aria-live="polite">{own ? stateOf(own) : "beginning …"}</figcaption>
        </figure>
        <div className="imagine-side">
          <div className="row">
            {grows ? (
              <button type="button" className="button" onClick={stopImagining}>
                Stop
              </button>
            ) : (
              <button type="button" className="button" onClick={() => void imagine(target)}>
                Begin again
              </button>
            )}
            <button
              type="button"
              className="button"
              disabled={!own?.picture}
              onClick={() => void askAboutImagined(target, `${label}, imagined.png`)}
            >
              Ask why about it
            </button>
          </div>
          <p className="faint">
            It shows what the model looks for, not what {label} is: parts that count appear several times, and what
            comes with the class in the training pictures comes with it here. Choose another class in the list, and it
            is imagined next.
          </p>
          {others.length > 0 && (
            <section aria-label="Other classes">
              <ul className="imagined-others">
                {others.map((one) => (
                  <li key={one.target}>
                    <button type="button" onClick={() => choose(one.target)}>
                      {one.picture && <PictureCanvas picture={one.picture} name="" />}
                      {labelOf(model, one.target)}
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
      </div>
    </>
  );
}

function Growth({ done, total }: { readonly done: number; readonly total: number }) {
  const share = total > 0 ? done / total : undefined;
  return (
    <div className="working" data-known={share !== undefined || undefined}>
      <span style={share === undefined ? undefined : { scale: `${share} 1` }} />
    </div>
  );
}

/** How far it has come, in words. */
function stateOf({ state, done, total, probability, picture }: Imagined): string {
  const sure = probability === undefined ? "" : `, the model is ${percent(probability)} sure`;
  if (state === "ready") return `ready after ${total} steps${sure}`;
  if (!picture) return state === "grows" ? "loading the gradient …" : "stopped";
  return `${state === "grows" ? "" : "stopped at "}step ${done} of ${total}${sure}`;
}
