import { useRef } from "react";
import type { Named } from "../../engine/engine.js";
import { useStudio } from "../store/studio.js";

const NONE: readonly Named[] = [];

interface ModelChoicesProps {
  /** The name of the model that is chosen already. */
  readonly current: string | undefined;
  readonly onNamed: (name: string) => void;
  readonly onFiles: (files: readonly File[]) => void;
}

/** Ways to a model: files, a folder, what comes with the studio. */
export function ModelChoices({ current, onNamed, onFiles }: ModelChoicesProps) {
  const models = useStudio(({ about }) => about?.models ?? NONE);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    onFiles([...(input.files ?? [])]);
    input.value = "";
  };
  return (
    <>
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
      <ul>
        {models.map(({ name, summary }) => (
          <li key={name}>
            <button
              type="button"
              className="list-button"
              aria-current={name === current || undefined}
              onClick={() => onNamed(name)}
            >
              <b>{name}</b> <span className="faint small">{summary}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
