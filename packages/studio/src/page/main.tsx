import { startTransition } from "react";
import { createRoot } from "react-dom/client";
import { Guard } from "./parts/Guard.js";
import { App } from "./shell/App.js";
import { begin } from "./shell/begin.js";
import "./style/index.css";

const draw = () =>
  createRoot(document.getElementById("studio") as HTMLElement).render(
    <Guard>
      <App />
    </Guard>,
  );

void begin();
// the engine begins meanwhile: the page is drawn in short tasks of its own
setTimeout(() => startTransition(draw));
