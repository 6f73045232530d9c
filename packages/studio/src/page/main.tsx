import { startTransition } from "react";
import { createRoot } from "react-dom/client";
import { Guard } from "./parts/Guard.js";
import { App } from "./shell/App.js";
import { begin } from "./shell/begin.js";
import "./style/index.css";

const root = createRoot(document.getElementById("studio") as HTMLElement);
const page = (
  <Guard>
    <App />
  </Guard>
);
// in short tasks: the engine and the browser begin at the same time
startTransition(() => root.render(page));
void begin();
