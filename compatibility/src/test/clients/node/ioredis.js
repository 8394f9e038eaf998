// ioredis as it is, in the version that the argument names: ioredis5 or ioredis6
import { call, cell, env, goOn, port } from "./cells.js";

const version = process.argv[2];
const { Redis } = await import(version);

function client(where, options = {}) {
  const redis = new Redis({ port: port(where), ...options });
  redis.on("error", () => {});
  return redis;
}

const redis = client("PORT");
cell("get", await redis.get(call));
const replies = await redis.pipeline().get(call).get(call).get(call).exec();
cell("pipeline", ...replies.map(([error, reply]) => error ?? reply));
const block = await redis.multi().get(call).get(call).exec();
cell("multi", ...block.map(([error, reply]) => error ?? reply));
cell("mget", ...(await redis.mget(call, call)));

if (version !== "ioredis5") {
  for (const protocol of [2, 3]) {
    cell(`resp${protocol}`, await client("PORT", { protocol }).get(call));
  }
}

cell("auth", await client("GUARDED_PORT", { password: env("TOKEN"), db: 2 }).get(call));
const refused = client("GUARDED_PORT", { password: "wrong", retryStrategy: null });
refused.on("error", (e) => cell("wrong", e.message));
await new Promise((resolve) => refused.once("end", resolve));

const restarted = client("RESTARTED_PORT");
await goOn("restart", () => restarted.get(env("WHO")));
process.exit(0);
