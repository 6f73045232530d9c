import { lazy } from "react";
import { Icon } from "../parts/Icon.js";
import { Popup } from "../parts/Popup.js";
import { patiently } from "../parts/patiently.js";
import { useStudio } from "../store/studio.js";

const loadPanel = patiently(() => import("./ModelPanel.js"));
const ModelPanel = lazy(loadPanel);

/** Names the model that is open, and opens what is known of it. */
export function ModelButton() {
  const name = useStudio(({ model }) => model?.name);
  const opening = useStudio((studio) => studio.opening);
  const { progress } = opening ?? {};
  return (
    <Popup
      title="The model"
      load={loadPanel}
      trigger={
        <button type="button" className="button model-button" aria-busy={opening !== undefined}>
          <span className="model-button-name">{opening?.name ?? name ?? "No model"}</span>
          {opening ? <span className="spinner" /> : <Icon name="down" />}
          {progress && (
            <span className="unseen" role="status">
              {progress.doing}
            </span>
          )}
        </button>
      }
    >
      <ModelPanel />
    </Popup>
  );
}
