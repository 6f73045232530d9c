import { lazy, Suspense, useRef, useState } from "react";
import type { Named } from "../../engine/engine.js";
import { LinkField } from "../open/LinkField.js";
import { NamedChoices } from "../open/NamedChoices.js";
import { openFiles } from "../open/open-files.js";
import { Icon } from "../parts/Icon.js";
import { patiently } from "../parts/patiently.js";
import { useStudio } from "../store/studio.js";

const ScenePanel = lazy(patiently(() => import("../scenes/ScenePanel.js")));

const NONE: readonly Named[] = [];

/** Ways to a photo: a file, the camera, a scene, a link, what comes with the studio. */
export default function Ways({ onChosen }: { readonly onChosen: () => void }) {
  const samples = useStudio(({ about }) => about?.pictures ?? NONE);
  const openPhoto = useStudio((studio) => studio.openPhoto);
  const input = useRef<HTMLInputElement>(null);
  const show = useStudio((studio) => studio.show);
  const [hasScenes, setScenes] = useState(false);
  return (
    <div className="add-photo">
      <div className="row">
        <button type="button" className="button" onClick={() => input.current?.click()}>
          <Icon name="photo" /> Choose photos
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            onChosen();
            show("live");
          }}
        >
          <Icon name="camera" /> Camera
        </button>
        <button type="button" className="button" aria-expanded={hasScenes} onClick={() => setScenes(!hasScenes)}>
          <Icon name="dice" /> Scene
        </button>
      </div>
      <p className="faint small">Or drop or paste them anywhere.</p>
      {hasScenes && (
        <Suspense fallback={null}>
          <ScenePanel onDrawn={onChosen} />
        </Suspense>
      )}
      <input
        ref={input}
        type="file"
        accept="image/*"
        multiple
        hidden
        aria-label="Photos"
        onChange={({ currentTarget: { files } }) => {
          void openFiles([...(files ?? [])]);
          onChosen();
        }}
      />
      <LinkField
        label="By link"
        placeholder="https://…"
        open={async (link, spot) => (await openPhoto({ kind: "link", link }, spot)) && onChosen()}
      />
      <h3>With the studio</h3>
      <NamedChoices
        named={samples}
        onChoose={(name) => {
          onChosen();
          void openPhoto({ kind: "named", name });
        }}
      />
    </div>
  );
}
