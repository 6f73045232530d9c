import { lazy } from "react";
import { Icon } from "../parts/Icon.js";
import { Popup } from "../parts/Popup.js";
import { patiently } from "../parts/patiently.js";

const loadWays = patiently(() => import("./Ways.js"));
const Ways = lazy(loadWays);

/** The button that opens the ways to a photo. */
export function AddPhoto() {
  const trigger = (
    <button type="button" className="rail-add" aria-label="Add a photo" title="Add a photo">
      <Icon name="plus" />
    </button>
  );
  return (
    <Popup title="Add a photo" trigger={trigger} load={loadWays}>
      {(close) => <Ways onChosen={close} />}
    </Popup>
  );
}
