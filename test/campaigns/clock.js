// Preloaded into a run: clocks that stand, leap and go backwards.

let time = 1e6;
let calls = 0;
const strange = () => {
  calls++;
  time += calls % 7 === 0 ? -5000 : calls % 11 === 0 ? 90_000 : calls % 3;
  return time;
};
performance.now = strange;
Date.now = () => Math.round(strange());
