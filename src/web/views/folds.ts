// What is folded away at first where the screen is narrow, and spread out elsewhere.

const narrow = matchMedia("(width < 40rem)"); // as in layout.css

/** Opens or closes these folds now, and when the screen becomes another; in between they are the visitor's. */
export function tendFolds(): void {
  const fold = (): void => {
    for (const details of document.querySelectorAll<HTMLDetailsElement>("details.roomy")) {
      details.open = !narrow.matches;
    }
  };
  fold();
  narrow.addEventListener("change", fold);
}
