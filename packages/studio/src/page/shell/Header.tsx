import { lazy, useEffect, useRef } from "react";
import { ModelButton } from "../model/ModelButton.js";
import { Icon } from "../parts/Icon.js";
import { Popup } from "../parts/Popup.js";
import { patiently } from "../parts/patiently.js";
import { type Studio, useStudio } from "../store/studio.js";
import { VIEWS } from "../views.js";
import { ThemeButton } from "./ThemeButton.js";
import "./header.css";

const loadTakeAway = patiently(() => import("../take/TakeAway.js"));
const TakeAway = lazy(loadTakeAway);

export function Header() {
  return (
    <header className="header">
      <div className="header-left">
        <span className="wordmark">limn</span>
        <ModelButton />
      </div>
      <Views />
      <div className="header-right">
        <Popup
          title="Take away"
          load={loadTakeAway}
          align="end"
          trigger={
            <button type="button" className="button" aria-label="Take away">
              <Icon name="take" /> <span>Take away</span>
            </button>
          }
        >
          <TakeAway />
        </Popup>
        <ThemeButton />
      </div>
    </header>
  );
}

function Views() {
  const view = useStudio((studio) => studio.view);
  const show = useStudio((studio) => studio.show);
  const offered = useStudio(offeredViews).split(" ");
  const nav = useRef<HTMLElement>(null);
  // on a narrow page, not all of them are in sight
  useEffect(() => {
    if (view) nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [view]);
  return (
    <nav ref={nav} className="views" aria-label="Views">
      {VIEWS.filter(({ id }) => offered.includes(id)).map(({ id, name, summary }) => (
        <button
          key={id}
          type="button"
          className="chip"
          title={summary}
          aria-current={view === id ? "page" : undefined}
          onClick={() => show(id)}
        >
          {name}
        </button>
      ))}
    </nav>
  );
}

/** The names of the views that can be entered, as one text: equal ones change nothing on the page. */
const offeredViews = (studio: Studio): string =>
  VIEWS.flatMap(({ id, offered }) => ((offered?.(studio) ?? true) ? [id] : [])).join(" ");
