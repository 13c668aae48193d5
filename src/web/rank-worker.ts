// The worker of a rank in a page.

import { type RankJob, serveRank } from "../wasm/rank.ts";

self.addEventListener("message", ({ data }: MessageEvent<RankJob>) => {
  void serveRank(data, () => self.postMessage("ready"));
});
