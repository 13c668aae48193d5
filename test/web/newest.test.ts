// One question at a time: what is wanted meanwhile waits, and only the newest of it.

import { expect, test } from "vitest";
import { Newest } from "../../src/web/newest.ts";

const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

test("asks the first at once, then the newest alone, and goes on after a failure", async () => {
  const asked: { job: number; answer(text: string): void; refuse(error: Error): void }[] = [];
  const heard: string[] = [];
  const newest = new Newest<number, string>(
    (job) => new Promise((answer, refuse) => asked.push({ job, answer, refuse })),
    (answer, job) => heard.push(`${job}: ${answer}`),
    (error) => heard.push(String(error)),
  );
  for (const job of [1, 2, 3]) newest.want(job);
  expect(asked.map(({ job }) => job)).toEqual([1]);
  expect(newest.isAsking).toBe(true);
  asked[0]?.answer("a");
  await settled();
  expect(asked.map(({ job }) => job)).toEqual([1, 3]);
  asked[1]?.refuse(new Error("no"));
  await settled();
  expect(newest.isAsking).toBe(false);
  newest.want(4);
  asked[2]?.answer("b");
  await settled();
  expect(heard).toEqual(["1: a", "Error: no", "4: b"]);
});
