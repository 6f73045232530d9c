import { useEffect } from "react";
import type { OpenedModel } from "../../engine/engine.js";
import { KeptList } from "../offline/KeptList.js";
import type { StudioModel } from "../store/model.js";
import { useStudio } from "../store/studio.js";
import { fileSize } from "../words/numbers.js";
import { LabelsField } from "./LabelsField.js";
import { ModelChoices } from "./ModelChoices.js";
import { Opening } from "./Opening.js";
import { PreprocessingFields } from "./PreprocessingFields.js";
import { RunsOn } from "./RunsOn.js";
import "./model.css";

/** What is known of the model that is open, what can be corrected of it, and other models. */
export default function ModelPanel() {
  const model = useStudio((studio) => studio.model);
  const about = useStudio((studio) => studio.about);
  const lookAgain = useStudio((studio) => studio.lookAgain);
  const isMaking = useStudio(({ making }) => making !== undefined);
  useEffect(() => void lookAgain().catch(() => {}), [isMaking]);
  return (
    <div className="model-panel">
      <Opening />
      {model && <Facts model={model} />}
      {model && (
        <div className="corrections">
          <PreprocessingFields key={model.handle} model={model} />
          <LabelsField model={model} />
        </div>
      )}
      <section>
        <h3>Another model</h3>
        <ModelChoices current={model?.name} />
      </section>
      {about && (
        <section>
          <RunsOn />
          <p className="faint small">
            {about.kind === "browser"
              ? "Everything runs in this page; nothing leaves the machine"
              : "Runs on this machine"}{" "}
            ({about.runtime}). Limn {about.version}.
          </p>
        </section>
      )}
      <KeptList />
    </div>
  );
}

function Facts({ model }: { readonly model: StudioModel }) {
  const cautions = [...model.warnings, ...model.obstacles.map(obstacleInWords)];
  return (
    <section>
      <h2>{model.name}</h2>
      <p className="faint">
        {fileSize(model.bytes)}, takes {model.inputShape.join(" × ")}
      </p>
      <p className="small">{capital(model.output.summary)}.</p>
      {cautions.length > 0 && (
        <ul className="cautions small">
          {cautions.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

const obstacleInWords = ({ operator, nodes, stops, reason }: OpenedModel["obstacles"][number]): string =>
  `${operator} (${nodes === 1 ? "1 node" : `${nodes} nodes`}) stops ${stops === "gradient" ? "gradients" : "relevance"}: ${reason}`;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
