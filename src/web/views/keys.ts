// Which key presses are the page's own: those that nothing under them wants.

/** Whether a key is pressed alone, no part of the page has taken it, and nothing is being typed. */
export function isForPage(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  const fields = "input:not([type=range], [type=checkbox], [type=radio]), select, textarea";
  return !(event.target as HTMLElement).closest(fields);
}
