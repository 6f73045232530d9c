import { useMemo } from "react";
import { Icon } from "../parts/Icon.js";
import { Popup } from "../parts/Popup.js";
import type { StudioModel } from "../store/model.js";
import { coarseFirst } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { methodName } from "../words/map-name.js";

/** The methods: one of them, or several side by side. */
export function MethodBar() {
  const model = useStudio((studio) => studio.model);
  const methods = useStudio((studio) => studio.methods);
  const { chooseMethod, toggleMethod, setMethods } = useStudio.getState();
  if (!model) return null;
  const isGrid = methods.length > 1;
  const offered = [...new Set([...coarseFirst(model), ...methods])];
  return (
    <fieldset className="method-bar" aria-label="Methods">
      {offered.map((method) => {
        const facts = model.methods.find((one) => one.method === method);
        return (
          <button
            key={method}
            type="button"
            className="chip"
            aria-pressed={methods.includes(method)}
            title={facts?.refused ?? facts?.summary}
            onClick={(event) =>
              isGrid || event.ctrlKey || event.metaKey ? toggleMethod(method) : chooseMethod(method)
            }
          >
            {methodName(method)}
          </button>
        );
      })}
      <MoreMethods model={model} />
      <button
        type="button"
        className="chip"
        aria-pressed={isGrid}
        title={isGrid ? "One method alone" : "Several methods side by side"}
        onClick={() => setMethods(isGrid ? methods.slice(0, 1) : [...new Set([...methods, ...coarseFirst(model)])])}
      >
        <Icon name="grid" /> Side by side
      </button>
    </fieldset>
  );
}

function MoreMethods({ model }: { readonly model: StudioModel }) {
  const methods = useStudio((studio) => studio.methods);
  const { chooseMethod, toggleMethod } = useStudio.getState();
  const families = useMemo(() => [...new Set(model.methods.map(({ family }) => family))], [model]);
  return (
    <Popup
      title="All methods"
      side="top"
      trigger={
        <button type="button" className="chip">
          All methods
        </button>
      }
    >
      <div className="all-methods">
        {families.map((family) => (
          <section key={family}>
            <h3>{family.charAt(0).toUpperCase() + family.slice(1)}</h3>
            <ul>
              {model.methods
                .filter((one) => one.family === family)
                .map(({ method, summary, refused, manyRuns }) => (
                  <li key={method}>
                    <input
                      type="checkbox"
                      aria-label={`${methodName(method)} next to the others`}
                      checked={methods.includes(method)}
                      disabled={refused !== null}
                      onChange={() => toggleMethod(method)}
                    />
                    <button
                      type="button"
                      className="list-button"
                      disabled={refused !== null}
                      onClick={() => chooseMethod(method)}
                    >
                      <b>{methodName(method)}</b>{" "}
                      <span className="faint small">
                        {refused ?? summary}
                        {manyRuns && !refused ? " (takes many runs)" : ""}
                      </span>
                    </button>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Popup>
  );
}
