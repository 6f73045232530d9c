import { type ComponentType, lazy, Suspense } from "react";
import { ClassList } from "../classes/ClassList.js";
import { PhotoRail } from "../photos/PhotoRail.js";
import { useStudio } from "../store/studio.js";
import type { ViewId } from "../view-ids.js";
import { VIEWS } from "../views.js";
import { DropTarget } from "./DropTarget.js";
import { Header } from "./Header.js";
import { Notices } from "./Notices.js";
import "./app.css";

const COMPONENTS: ReadonlyMap<ViewId, ComponentType> = new Map(
  VIEWS.map(({ id, load }) => [id, lazy<ComponentType>(load)]),
);

const Trail = lazy(() => import("../mistakes/Trail.js"));

/** The workbench: what is open at the top and on the left, the view in the middle, the classes on the right. */
export function App() {
  const view = useStudio((studio) => studio.view);
  const isReady = useStudio(({ model, photo }) => model !== undefined && photo !== undefined);
  const isVisiting = useStudio(({ photo, visited }) => visited !== undefined && photo?.named === visited);
  const View = COMPONENTS.get(view);
  const facts = VIEWS.find(({ id }) => id === view);
  return (
    <div className="app" data-apart={facts?.isApart}>
      <a className="skip" href="#main">
        Skip to the maps
      </a>
      <Header />
      <PhotoRail />
      <main id="main" tabIndex={-1} aria-label={facts?.name}>
        {isVisiting && !facts?.isApart && (
          <Suspense>
            <Trail />
          </Suspense>
        )}
        <Suspense fallback={<Waiting />}>{isReady && View ? <View /> : <Waiting />}</Suspense>
      </main>
      {!facts?.isApart && <ClassList />}
      <DropTarget />
      <Notices />
    </div>
  );
}

/** What stands where the photo and its map will be. */
function Waiting() {
  const opening = useStudio((studio) => studio.opening);
  return (
    <div className="waiting" role="status">
      <p className="faint">{opening ? `${opening.progress?.doing ?? "Opening"} ${opening.name} …` : ""}</p>
      <span />
      <span />
    </div>
  );
}
