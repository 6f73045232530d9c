import { useState } from "react";
import { IconButton } from "../parts/IconButton.js";

/** Changes between light and dark; before that, the page is as the system is. */
export function ThemeButton() {
  const [theme, setTheme] = useState<string | undefined>(() => document.documentElement.dataset.theme);
  const isDark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const next = isDark ? "light" : "dark";
  const change = () => {
    document.documentElement.dataset.theme = next;
    setTheme(next);
  };
  return <IconButton icon="sun" name={`${next} theme`} onClick={change} />;
}
