import { useRef } from "react";
import type { StudioModel } from "../store/model.js";
import { useStudio } from "../store/studio.js";

/** Where the names of the classes come from; another file can be chosen. */
export function LabelsField({ model }: { readonly model: StudioModel }) {
  const correct = useStudio((studio) => studio.correct);
  const input = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined) => {
    if (!file) return;
    await correct({ companions: [{ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }] });
    if (input.current) input.current.value = "";
  };
  const found = model.labels
    ? `${model.labels.slice(0, 3).join(", ")} … of ${model.labelsFrom ?? "its file"}`
    : "none were found: classes have numbers";
  return (
    <div className="field">
      <span className="label">Labels</span>
      <p className="small">{found}</p>
      <div className="row">
        <button type="button" className="button" onClick={() => input.current?.click()}>
          Choose a labels file
        </button>
        {model.choice.companions !== undefined && (
          <button type="button" className="button quiet" onClick={() => void correct({ companions: undefined })}>
            Undo
          </button>
        )}
      </div>
      <input
        ref={input}
        type="file"
        accept=".txt,.json,.csv"
        hidden
        aria-label="Labels file"
        onChange={(event) => void take(event.currentTarget.files?.[0])}
      />
    </div>
  );
}
