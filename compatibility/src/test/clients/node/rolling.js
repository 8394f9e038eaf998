// node-redis calls until its input ends; arguments: version, ports
import { env } from "./cells.js";

const [version, port] = process.argv.slice(2);
const call = env("CALL");
const { createClient } = await import(version);

// RESP 3 and a host are what it takes to be told where to go; the rest is as it is
const client = createClient({ RESP: 3, socket: { host: "127.0.0.1", port: Number(port) } });
client.on("error", () => {});
await client.connect();

let good = 0;
let stopped = false;
const flush = () => {
  if (good > 0) console.log(good);
  good = 0;
};
const timer = setInterval(flush, 20);
process.stdin.on("end", () => (stopped = true)).resume();

async function caller() {
  while (!stopped) {
    try {
      const reply = await client.get(call);
      if (reply.includes("hello world")) good++;
      else console.log(`failed ${reply}`);
    } catch (e) {
      console.log(`failed ${e}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

await Promise.all([caller(), caller()]);
clearInterval(timer);
flush();
process.exit(0);
