// The settings where there is no room beside the panels: a sheet from below, which the toolbar opens and
// the browser closes by Escape or a press outside it. Elsewhere they stand, and this does nothing.

import { find } from "./elements.ts";

const narrow = matchMedia("(width < 60rem)"); // as in layout.css

/** Shows the settings where they are a sheet. */
export function openSheet(): void {
  if (narrow.matches) find("settings").showPopover();
}

/** Gives the sheet its role and its focus, and closes it once something beneath it has the focus. */
export function tendSheet(): void {
  const sheet = find("settings");
  const close = find("close-settings");
  sheet.addEventListener("toggle", ({ newState }) => {
    const isOpen = newState === "open";
    sheet.role = isOpen ? "dialog" : "complementary";
    if (isOpen && !sheet.contains(document.activeElement)) close.focus();
  });
  document.addEventListener("focusin", ({ target }) => {
    const isInside = sheet.contains(target as Node) || target === find("to-settings");
    if (!isInside && sheet.matches(":popover-open")) sheet.hidePopover();
  });
  narrow.addEventListener("change", () => {
    if (!narrow.matches) sheet.hidePopover(); // it stands beside the panels again
  });
}
