// Calls the committed stub, by HTTP and, where there is a client, by Redis: node orders.js PORT
import { MoaError, OrderNotFound, OrdersClient, overHttp, overRedis, type Order, type Transport } from "./OrdersClient.js";

declare const process: { argv: string[] };
const port: string = process.argv[2] ?? "";

async function run(transport: Transport): Promise<void> {
  const client = new OrdersClient(transport);
  const order: Order = await client.find(7, "CNY");
  console.log(
    "find", order.id, order.currency, order.items[0]?.name, order.extras["gift"]?.price,
    JSON.stringify(order["in-stock"]), JSON.stringify(order.from),
  );
  console.log("search", (await client.search({ a: 1, b: 2 }, "x")).map((o) => `${o.id}:${o.from}`).join(" "));
  console.log("none", (await client.search({})).length);
  const paid = await client.pay({ kind: "cash", amount: 1.5, currency: "EUR" }, true);
  console.log("pay", paid.kind === "cash" ? `Cash ${paid.amount} ${paid.currency}` : paid.number);
  console.log("note", JSON.stringify([await client.note(0), await client.note(5)]));
  await client.forget([1, 2]);
  console.log("echo", JSON.stringify(await client.echo({ deep: order.items })));
  try {
    await client.find(-1);
  } catch (e) {
    if (e instanceof OrderNotFound) {
      console.log("declared", e.id, e.code, e.message);
    }
  }
  try {
    await client.forget(["x" as unknown as number]);
  } catch (e) {
    if (e instanceof MoaError) {
      console.log("failed", e.error);
    }
  }
}

await run(overHttp(`http://127.0.0.1:${port}`));

const { createClient } = await import("redis");
const redis = createClient({ url: `redis://127.0.0.1:${port}` });
await redis.connect();
console.log("redis");
await run(overRedis(redis));
await redis.close();
