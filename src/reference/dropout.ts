// Dropout on what a layer gives, in the order of assembly/dropout.ts, where it is explained.

import type { LayerNumbers } from "./numbers.ts";
import { philox } from "./random.ts";

const STREAM_OF_MASKS = 2;
const WORDS = 4; // of a block

/** Which masks: share dropped, then the words of the seed and of the update. */
export type MaskRule = readonly [
  share: number,
  seedLow: number,
  seedHigh: number,
  updateLow: number,
  updateHigh: number,
];

/** Draws a layer's mask. */
export function drawMask({ mask, index, shape: { H, T, B } }: LayerNumbers, rule: MaskRule): void {
  const [share, seedLow, seedHigh, updateLow, updateHigh] = rule;
  const bound = Math.floor(share * 4294967296);
  const stays = 1 / (1 - share);
  const blocks = Math.ceil(H / WORDS);
  const key = Uint32Array.of(seedLow, seedHigh);
  const words = new Uint32Array(WORDS);
  for (let p = 0; p < T * B; p++) {
    for (let block = 0; block < blocks; block++) {
      const counter = Uint32Array.of(
        p * blocks + block,
        updateLow,
        STREAM_OF_MASKS + index,
        updateHigh,
      );
      philox(counter, key, words);
      for (let unit = block * WORDS; unit < Math.min(H, (block + 1) * WORDS); unit++) {
        mask[p * H + unit] = (words[unit % WORDS] as number) < bound ? 0 : stays;
      }
    }
  }
}

/** What the layer gives: its states times the mask. */
export function drop({ mask, dropped, hidden, shape: { H, B } }: LayerNumbers): void {
  for (let i = 0; i < dropped.length; i++) {
    dropped[i] = (hidden[B * H + i] as number) * (mask[i] as number);
  }
}

/** The gradient at what the layer gives to that at its states. */
export function dropBack({ mask, dHidden }: LayerNumbers): void {
  for (let i = 0; i < dHidden.length; i++)
    dHidden[i] = (dHidden[i] as number) * (mask[i] as number);
}
