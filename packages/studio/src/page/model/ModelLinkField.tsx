import { useState } from "react";
import type { ModelLink } from "../../engine/engine.js";
import { LinkField } from "../open/LinkField.js";
import type { ModelOrigin } from "../store/model.js";
import type { Spot } from "../store/notices.js";
import { engineOf } from "../store/session.js";
import { useStudio } from "../store/studio.js";

interface ModelLinkFieldProps {
  readonly open: (origin: ModelOrigin, spot?: Spot) => Promise<unknown>;
}

/** Opens a model by its address or its id; of a repository with several, another one can be chosen. */
export function ModelLinkField({ open }: ModelLinkFieldProps) {
  const [files, setFiles] = useState<readonly ModelLink[]>([]);
  const look = async (link: string, spot?: Spot) => {
    setFiles([]);
    // a link that leads nowhere is complained of once, where it is opened
    const listing = engineOf(useStudio.getState()).modelsAt(link);
    const opening = open({ kind: "link", link }, spot);
    await listing.then(setFiles, () => {});
    await opening;
  };
  return (
    <>
      <LinkField label="By link" placeholder="https://… or owner/name on Hugging Face" open={look} />
      {files.length > 1 && (
        <div className="field">
          <p className="small">Its models, of which the float32 one is taken:</p>
          <ul>
            {files.map(({ name, link }) => (
              <li key={link}>
                <button type="button" className="list-button" onClick={() => void open({ kind: "link", link })}>
                  {name}
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
