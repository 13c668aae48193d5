// A server that writes as the browser reads: server-sent events, one connection beside the other.
//
//   node examples/stream.js [model.safetensors]

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fit, modelFrom, sample } from "ello";

const [file] = process.argv.slice(2);
const model = file
  ? await modelFrom(await readFile(file))
  : await fit("she sells sea shells by the sea shore. ".repeat(40), { hiddenSize: 32, epochs: 10 });

const server = createServer(async (request, response) => {
  const { searchParams } = new URL(request.url, "http://localhost");
  const gone = new AbortController();
  response.on("close", () => gone.abort()); // the reader has left: write no more
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  try {
    const options = { prime: searchParams.get("prime") ?? "", length: 2000, signal: gone.signal };
    for await (const piece of sample(model, options)) {
      const isTaken = response.write(`data: ${JSON.stringify(piece)}\n\n`);
      if (!isTaken)
        await new Promise((resolve) => response.once("drain", resolve).once("close", resolve));
    }
  } catch (error) {
    response.write(`event: error\ndata: ${JSON.stringify(error.message)}\n\n`);
  }
  response.end();
});
server.listen(process.env.PORT ?? 0, () =>
  console.log(`http://localhost:${server.address().port}/`),
);
