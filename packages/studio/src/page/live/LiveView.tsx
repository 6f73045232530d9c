import { useRef } from "react";
import { tellingMap } from "../maps/made-map.js";
import { Icon } from "../parts/Icon.js";
import { labelOf, quickMethod, wishFor } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { OneMethod } from "../why/OneMethod.js";
import { Scale } from "../why/Scale.js";
import { certaintyOf } from "../words/certainty.js";
import { mapName, methodName } from "../words/map-name.js";
import { LiveCanvas } from "./LiveCanvas.js";
import { useCamera } from "./use-camera.js";
import { useLive } from "./use-live.js";
import "../why/why.css";
import "./live.css";

/** What the camera sees, explained while it moves. */
export default function LiveView() {
  const model = useStudio((studio) => studio.model);
  const layer = useStudio((studio) => studio.layer);
  const bothSigns = useStudio((studio) => studio.bothSigns);
  const methods = useStudio((studio) => studio.methods);
  const video = useRef<HTMLVideoElement>(null);
  const problem = useCamera(video);
  const method = model && quickMethod(model, methods);
  const live = useLive(video, method === undefined ? undefined : wishFor(method, { model, layer, bothSigns }));
  if (!model) return null;
  const { frame, glance, rate } = live ?? {};
  const target = glance?.explained.target;
  const made = glance?.explained.maps[0];
  const map = tellingMap(made);
  const label = target === undefined ? "…" : labelOf(model, target);
  return (
    <>
      <header className="question">
        <h1>
          Why <em>{label}</em>?
        </h1>
        {target !== undefined && glance && (
          <p className="faint">
            {certaintyOf(model, glance.classification.probabilities[target] as number)}
            {target === glance.classification.ranked[0] ? ", what the model says now" : ""}
          </p>
        )}
      </header>
      <OneMethod />
      <figure className="live">
        <div className="live-picture">
          <video
            ref={video}
            autoPlay
            muted
            playsInline
            aria-label="What the camera sees"
            data-covered={frame && true}
          />
          {frame && (
            <LiveCanvas frame={frame} map={map} name={map && method ? mapName(method, label, map.grid) : label} />
          )}
          {problem && <p role="alert">{problem}</p>}
          {!problem && !frame && <p className="faint">Waiting for the camera …</p>}
        </div>
        <figcaption>
          <div className="cell-title">
            <span className="cell-name">{methodName(method ?? "")}</span>
            <span className="faint">{rate === undefined ? "" : `${rate} frames a second`}</span>
          </div>
          {map ? <Scale map={map} /> : <p className="faint small">{made && "refused" in made ? made.refused : ""}</p>}
        </figcaption>
      </figure>
      <div className="row">
        <button type="button" className="button primary" disabled={!frame} onClick={() => void freeze()}>
          <Icon name="camera" /> Take this photo
        </button>
        <button type="button" className="button" onClick={() => useStudio.getState().show("why")}>
          Back to the photos
        </button>
      </div>
    </>
  );

  /** The frame that is seen becomes a photo. */
  async function freeze() {
    const { openPhoto, show } = useStudio.getState();
    if (!frame) return;
    const name = `camera ${new Date().toTimeString().slice(0, 8).replaceAll(":", "-")}.png`;
    if (await openPhoto({ kind: "pixels", name, picture: frame })) show("why");
  }
}
