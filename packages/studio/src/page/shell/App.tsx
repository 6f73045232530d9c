import { type ComponentType, lazy, Suspense, useEffect } from "react";
import { ClassList } from "../classes/ClassList.js";
import { Guard } from "../parts/Guard.js";
import { patiently } from "../parts/patiently.js";
import { useMedia } from "../parts/use-media.js";
import { PhotoRail } from "../photos/PhotoRail.js";
import { useStudio } from "../store/studio.js";
import type { ViewId } from "../view-ids.js";
import { VIEWS } from "../views.js";
import { DropTarget } from "./DropTarget.js";
import { Header } from "./Header.js";
import { Notices } from "./Notices.js";
import "./app.css";

const COMPONENTS: ReadonlyMap<ViewId, ComponentType> = new Map(
  VIEWS.map(({ id, load }) => [id, lazy<ComponentType>(patiently(load))]),
);

const Trail = lazy(patiently(() => import("../mistakes/Trail.js")));
const SheetTrail = lazy(patiently(() => import("../sheet/SheetTrail.js")));

/** The workbench: what is open at the top and on the left, the view in the middle, the classes on the right. */
export function App() {
  const view = useStudio((studio) => studio.view);
  const isReady = useStudio(({ model, photo }) => model !== undefined && photo !== undefined);
  const isVisiting = useStudio(({ photo, visitedHandle }) => photo !== undefined && photo.handle === visitedHandle);
  const isOfSheet = useStudio(
    ({ photo, sheetVisited }) => photo !== undefined && sheetVisited?.handle === photo.handle,
  );
  const isNarrow = useMedia("(max-width: 960px)");
  const View = COMPONENTS.get(view);
  // another view begins at its top, also on a page that scrolls as a whole
  useEffect(() => {
    if (view) scrollTo(0, 0);
  }, [view]);
  const facts = VIEWS.find(({ id }) => id === view);
  // another model may have nothing to show there
  const isMissing = useStudio(
    (studio) => studio.model !== undefined && !studio.opening && facts?.offered?.(studio) === false,
  );
  useEffect(() => {
    if (isMissing) useStudio.getState().show("why");
  }, [isMissing]);
  return (
    <div className="app" data-apart={facts?.isApart}>
      <a className="skip" href="#main">
        Skip to the maps
      </a>
      <Header />
      <PhotoRail />
      {/* a narrow page is read from top to bottom: what is asked comes before the answer */}
      {!facts?.isApart && isNarrow && <ClassList />}
      <main id="main" tabIndex={-1} aria-label={facts?.name}>
        {(isVisiting || isOfSheet) && !facts?.isApart && !facts?.hasOwnPhoto && (
          <Suspense>{isVisiting ? <Trail /> : <SheetTrail />}</Suspense>
        )}
        <Guard key={view}>
          <Suspense fallback={<Waiting />}>{isReady && View ? <View /> : <Waiting />}</Suspense>
        </Guard>
      </main>
      {!facts?.isApart && !isNarrow && <ClassList />}
      <DropTarget />
      <Notices />
    </div>
  );
}

/** What stands where the photo and its map will be. */
function Waiting() {
  const opening = useStudio((studio) => studio.opening);
  // nothing comes by itself, such as after a model that was refused
  const missing = useStudio(({ about, model, photo, openingPhotos }) => {
    if (!about || opening || openingPhotos > 0) return undefined;
    return model ? (photo ? undefined : "photo") : "model";
  });
  if (missing !== undefined)
    return (
      <p className="faint" role="status">
        No {missing} is open. Drop one here, or choose one {missing === "model" ? "at the top" : "under the plus"}.
      </p>
    );
  return (
    <div className="waiting" role="status">
      <p className="faint">{opening ? `${opening.progress?.doing ?? "Opening"} ${opening.name} …` : ""}</p>
      <span />
      <span />
    </div>
  );
}
