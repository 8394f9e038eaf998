// node-redis as it is, in the version that the argument names: redis4, redis5 or redis6
import { call, cell, drain, env, port } from "./cells.js";

const version = process.argv[2];
const { createClient } = await import(version);

/** Returns a connected client; it says in "error" events what its reconnecting meets. */
async function connect(where, options = {}) {
  const { socket, ...rest } = options;
  const client = createClient({ socket: { port: port(where), ...socket }, ...rest });
  client.on("error", () => {});
  await client.connect();
  return client;
}

const client = await connect("PORT");
cell("get", await client.get(call));
cell("pipeline", ...(await Promise.all([client.get(call), client.get(call), client.get(call)])));
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

const draining = await connect("DRAINING_PORT");
await drain(() => draining.get(env("WHO")));
process.exit(0);
