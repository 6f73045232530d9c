import { createRoot } from "react-dom/client";
import { Guard } from "./parts/Guard.js";
import { App } from "./shell/App.js";
import { begin } from "./shell/begin.js";
import "./style/index.css";

createRoot(document.getElementById("studio") as HTMLElement).render(
  <Guard>
    <App />
  </Guard>,
);
void begin();
