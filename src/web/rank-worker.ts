// The worker of a rank in a page.

import { type RankJob, serveRank } from "../wasm/rank.ts";
import type { RankSays } from "./platform.ts";

const say = (word: RankSays): void => self.postMessage(word);

self.addEventListener("message", ({ data }: MessageEvent<RankJob>) => {
  serveRank(data, () => say("ready")).finally(() => say("left"));
});
say("listening");
