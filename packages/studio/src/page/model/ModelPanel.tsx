import { useEffect, useRef } from "react";
import type { Named, OpenedModel } from "../../engine/engine.js";
import { KeptList } from "../offline/KeptList.js";
import { openFiles } from "../open/open-files.js";
import type { StudioModel } from "../store/model.js";
import { useStudio } from "../store/studio.js";
import { fileSize } from "../words/numbers.js";
import { LabelsField } from "./LabelsField.js";
import { ModelLinkField } from "./ModelLinkField.js";
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
      <OtherModels models={about?.models ?? []} current={model?.name} />
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

function OtherModels({ models, current }: { readonly models: readonly Named[]; readonly current: string | undefined }) {
  const openModel = useStudio((studio) => studio.openModel);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    void openFiles([...(input.files ?? [])]);
    input.value = "";
  };
  return (
    <section>
      <h3>Another model</h3>
      <div className="row">
        <button type="button" className="button" onClick={() => files.current?.click()}>
          Choose files
        </button>
        <button type="button" className="button" onClick={() => folder.current?.click()}>
          Choose a folder
        </button>
      </div>
      <input ref={files} type="file" multiple hidden aria-label="Model files" onChange={(e) => take(e.currentTarget)} />
      <input
        ref={folder}
        type="file"
        hidden
        aria-label="Folder with a model"
        {...{ webkitdirectory: "" }}
        onChange={(e) => take(e.currentTarget)}
      />
      <p className="faint small">
        An .onnx file with its external data, labels and config.json; or drop them anywhere.
      </p>
      <ModelLinkField />
      <ul className="named">
        {models.map(({ name, summary }) => (
          <li key={name}>
            <button
              type="button"
              aria-current={name === current || undefined}
              onClick={() => void openModel({ kind: "named", name })}
            >
              <b>{name}</b> <span className="faint small">{summary}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
