import { PictureGrid } from "../gallery/PictureGrid.js";
import { SHEET_ORDERS, type SheetOrder } from "../sheet-orders.js";
import type { StudioModel } from "../store/model.js";
import { labelOf } from "../store/question.js";
import type { SheetGlance, SheetPhoto } from "../store/sheet.js";
import { useStudio } from "../store/studio.js";
import { OneMethod } from "../why/OneMethod.js";
import { certaintyOf } from "../words/certainty.js";
import { useGlances } from "./use-glances.js";
import { useSheet } from "./use-sheet.js";
import "../why/why.css";
import "./sheet.css";

/** The least width of a photo, in pixels. */
const LEAST = 148;

const ORDERS: Readonly<Record<SheetOrder, string>> = {
  given: "as they came",
  class: "by class",
  sure: "most certain first",
  unsure: "least certain first",
};

/** All photos at once: what the model says of each, and where it looks. */
export default function SheetView() {
  useGlances();
  const model = useStudio((studio) => studio.model);
  const glances = useStudio((studio) => studio.glances);
  const order = useStudio((studio) => studio.sheetOrder);
  const visited = useStudio((studio) => studio.sheetVisited);
  const hasBatch = useStudio(({ batch }) => batch.length > 0);
  const { sheetScrolled, keepSheetScrolled, visitSheet, orderSheet, clearBatch } = useStudio.getState();
  const photos = useSheet();
  if (!model) return null;
  const done = photos.filter(({ key }) => glances.has(key)).length;
  return (
    <>
      <header className="question">
        <h1>
          What does <em>{model.name}</em> say?
        </h1>
        <p className="faint" role="status">
          {done < photos.length ? `${done} of ${photos.length} photos` : `${photos.length} photos`}
        </p>
      </header>
      <div className="sheet-bar">
        <OneMethod />
        <label className="look-choice">
          <span className="faint">Order</span>
          <select
            className="input select"
            value={order}
            onChange={({ target: { value } }) => orderSheet(value as SheetOrder)}
          >
            {SHEET_ORDERS.map((one) => (
              <option key={one} value={one}>
                {ORDERS[one]}
              </option>
            ))}
          </select>
        </label>
        {hasBatch && (
          <button type="button" className="button quiet" onClick={clearBatch}>
            Remove the dropped photos
          </button>
        )}
      </div>
      <PictureGrid
        key={order}
        keys={photos.map(({ key }) => key)}
        least={LEAST}
        visited={visited?.key}
        scrolled={sheetScrolled}
        onScrolled={keepSheetScrolled}
        onOpen={(place) => void visitSheet(photos[place] as SheetPhoto)}
      >
        {(place, button) => {
          const photo = photos[place] as SheetPhoto;
          const glance = glances.get(photo.key);
          const isVisited = photo.key === visited?.key;
          return <SheetCell {...{ model, photo, glance, place, isVisited }} {...button} />;
        }}
      </PictureGrid>
    </>
  );
}

interface SheetCellProps {
  readonly model: StudioModel;
  readonly photo: SheetPhoto;
  readonly glance: SheetGlance | undefined;
  readonly place: number;
  readonly isVisited: boolean;
  readonly isCurrent: boolean;
  readonly onOpen: () => void;
}

/** A photo with its map, and what it is taken for. */
function SheetCell({ model, photo, glance, place, isVisited, isCurrent, onOpen }: SheetCellProps) {
  return (
    <button
      type="button"
      className="gallery-picture"
      data-picture={place}
      tabIndex={isCurrent ? 0 : -1}
      aria-current={isVisited || undefined}
      title={glance && "refused" in glance ? glance.refused : photo.name}
      onClick={onOpen}
    >
      {glance && "image" in glance && <img src={glance.image} alt="" />}
      {glance && "refused" in glance && <span className="gallery-failed">refused</span>}
      {!glance && <span className="gallery-waits" />}
      <span className="gallery-called">
        {glance && "image" in glance ? (
          <>
            <span>{labelOf(model, glance.target)}</span>{" "}
            <span className="faint">{certaintyOf(model, glance.probability)}</span>
          </>
        ) : (
          <span>{glance ? "can’t be explained" : "…"}</span>
        )}
      </span>
      <span className="gallery-is faint">
        <span>{photo.name}</span>
      </span>
    </button>
  );
}
