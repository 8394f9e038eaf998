// finds the service by Sentinel and calls it until its input ends; arguments: package, a router's moa port
import { env } from "./cells.js";
import { callUntilInputEnds } from "./load.js";

const [name, port] = process.argv.slice(2);
const service = "/service/helloworld";
const router = { host: "127.0.0.1", port: Number(port) };

let client;
if (name.startsWith("ioredis")) {
  const { default: Redis } = await import(name);
  client = new Redis({ name: service, sentinels: [router] });
  client.on("error", () => {});
} else {
  const { createSentinel } = await import(name);
  client = createSentinel({ name: service, sentinelRootNodes: [router] });
  client.on("error", () => {});
  await client.connect();
}
await callUntilInputEnds(() => client.get(env("CALL")));
