// Short names for what views do with the document. Text goes in as text, never as markup.

import { glyph, tokenName } from "./format.ts";

const SHORT = 2; // characters of a token's label that have room everywhere

/** An element with a class and what it holds. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** A token's label; one of more than a letter or two, as U+200D, is marked as long. */
export function makeToken(className: string, character = ""): HTMLElement {
  const isLong = [...glyph(character)].length > SHORT;
  return make("span", isLong ? `${className} long`.trim() : className, tokenName(character));
}

/** The element of the page with this id. */
export function find<Kind extends HTMLElement>(id: string): Kind {
  const element = document.getElementById(id);
  if (!element) throw new Error(`page: expected an element ${id}, got none`);
  return element as Kind;
}

/** Opens what is folded away around an element. */
export function unfold(element: Element): void {
  const around = element.closest("details");
  if (!around) return;
  around.open = true;
  if (around.parentElement) unfold(around.parentElement);
}

/** Writes text where it differs, so that nothing is laid out anew for nothing. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
