// A worker of the page that serves as a rank whenever it is asked through its port.

import { type RankJob, serveRank } from "../../wasm/rank.ts";

/** "ready" for orders; "listening" when the team has stopped. */
export type RankSays = "ready" | "listening";

self.addEventListener("message", ({ data: port }: MessageEvent<MessagePort>) => {
  const say = (word: RankSays): void => port.postMessage(word);
  port.onmessage = ({ data }: MessageEvent<RankJob>) => {
    serveRank(data, () => say("ready")).then(
      () => say("listening"),
      () => say("listening"), // the team has noticed by its barrier
    );
  };
});
