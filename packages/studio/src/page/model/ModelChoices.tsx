import { useRef } from "react";
import type { Named } from "../../engine/engine.js";
import { ChooseFolder } from "../open/ChooseFolder.js";
import { NamedChoices } from "../open/NamedChoices.js";
import { openFiles } from "../open/open-files.js";
import type { ModelOrigin } from "../store/model.js";
import type { Spot } from "../store/notices.js";
import { useStudio } from "../store/studio.js";
import { ModelLinkField } from "./ModelLinkField.js";

const NONE: readonly Named[] = [];

interface ModelChoicesProps {
  /** The name of the model that is chosen already. */
  readonly current: string | undefined;
  /** Whether it becomes the second of two models. Default: the one that is asked. */
  readonly isOther?: boolean;
}

/** Ways to a model: files, a folder, a link, what comes with the studio. */
export function ModelChoices({ current, isOther = false }: ModelChoicesProps) {
  const open = async (origin: ModelOrigin, spot?: Spot) => {
    const { openModel, openOther } = useStudio.getState();
    await (isOther ? openOther(origin, spot) : openModel(origin, {}, spot));
  };
  const models = useStudio(({ about }) => about?.models ?? NONE);
  const files = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    void openFiles([...(input.files ?? [])], undefined, isOther);
    input.value = "";
  };
  return (
    <>
      <div className="row">
        <button type="button" className="button" onClick={() => files.current?.click()}>
          Choose files
        </button>
        <ChooseFolder name="Folder with a model" isOther={isOther} />
      </div>
      <input ref={files} type="file" multiple hidden aria-label="Model files" onChange={(e) => take(e.currentTarget)} />
      <p className="faint small">
        An .onnx file with its external data, labels and config.json; or drop them anywhere.
      </p>
      <ModelLinkField open={open} />
      <NamedChoices named={models} current={current} onChoose={(name) => void open({ kind: "named", name })} />
    </>
  );
}
