// node-redis calls until its input ends; arguments: version, ports
import { env } from "./cells.js";
import { callUntilInputEnds } from "./load.js";

const [version, port] = process.argv.slice(2);
const { createClient } = await import(version);

// RESP 3 and a host are what it takes to be told where to go; the rest is as it is
const client = createClient({ RESP: 3, socket: { host: "127.0.0.1", port: Number(port) } });
client.on("error", () => {});
await client.connect();
await callUntilInputEnds(() => client.get(env("CALL")));
