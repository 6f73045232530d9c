import { lazy } from "react";
import { ModelButton } from "../model/ModelButton.js";
import { Icon } from "../parts/Icon.js";
import { Popup } from "../parts/Popup.js";
import { useStudio } from "../store/studio.js";
import { VIEWS } from "../views.js";
import { ThemeButton } from "./ThemeButton.js";
import "./header.css";

const TakeAway = lazy(() => import("../take/TakeAway.js"));

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
          align="end"
          trigger={
            <button type="button" className="button">
              <Icon name="take" /> Take away
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
  const studio = useStudio();
  const offered = VIEWS.filter((view) => view.offered?.(studio) ?? true);
  return (
    <nav className="views" aria-label="Views">
      {offered.map(({ id, name, summary }) => (
        <button
          key={id}
          type="button"
          className="chip"
          title={summary}
          aria-current={studio.view === id ? "page" : undefined}
          onClick={() => studio.show(id)}
        >
          {name}
        </button>
      ))}
    </nav>
  );
}
