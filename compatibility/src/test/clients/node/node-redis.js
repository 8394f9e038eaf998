// node-redis as it is, in the version that the argument names: redis4, redis5 or redis6
import { call, cell, env, goOn, port } from "./cells.js";

const version = process.argv[2];
const { createClient } = await import(version);

/** Returns a connected client. It asks for MOVING only where it was given a host or a URL. */
async function connect(where, options = {}) {
  const { socket, ...rest } = options;
  const client = createClient({ socket: { host: "127.0.0.1", port: port(where), ...socket }, ...rest });
  client.on("error", () => {});
  await client.connect();
  return client;
}

const client = await connect("PORT");
cell("get", await client.get(call));
cell("pipeline", ...(await Promise.all([client.get(call), client.get(call), client.get(call)])));
cell("multi", ...(await client.multi().get(call).get(call).exec()));
cell("mget", ...(await client.mGet([call, call])));

if (version !== "redis4") {
  for (const RESP of [2, 3]) {
    cell(`resp${RESP}`, await (await connect("PORT", { RESP })).get(call));
  }
}

cell("auth", await (await connect("GUARDED_PORT", { password: env("TOKEN"), database: 2 })).get(call));
try {
  await connect("GUARDED_PORT", { password: "wrong", socket: { reconnectStrategy: false } });
  cell("wrong", "taken");
} catch (e) {
  cell("wrong", e.message);
}

const restarted = await connect("RESTARTED_PORT");
await goOn("restart", () => restarted.get(env("WHO")));
if (version === "redis6") {
  const moving = await connect("MOVING_PORT");
  await goOn("moving", () => moving.get(env("WHO")));
}
process.exit(0);
