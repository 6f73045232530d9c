import { startTransition } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./shell/App.js";
import { begin } from "./shell/begin.js";
import "./style/index.css";

const root = createRoot(document.getElementById("studio") as HTMLElement);
// in short tasks: the engine and the browser begin at the same time
startTransition(() => root.render(<App />));
void begin();
