import { createRoot } from "react-dom/client";
import { App } from "./shell/App.js";
import { begin } from "./shell/begin.js";
import "./style/index.css";

createRoot(document.getElementById("studio") as HTMLElement).render(<App />);
void begin();
