// Light or dark as the reader says, and code that can be copied. The pages work without it.
const KEY = "limn-theme";
const root = document.documentElement;
const stored = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // pages that are opened as files may not store
  }
};
if (stored()) root.dataset.theme = stored();

document.querySelector(".theme").addEventListener("click", () => {
  const isDark =
    (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  root.dataset.theme = isDark ? "light" : "dark";
  try {
    localStorage.setItem(KEY, root.dataset.theme);
  } catch {
    // then it holds for this page
  }
});

for (const block of document.querySelectorAll(".code")) {
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "copy",
    textContent: "Copy",
  });
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.querySelector("code").textContent);
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = "Copy";
    }, 1500);
  });
  block.append(button);
}
