// calls in two loops until the input ends; prints how many went well now and then, and each failure
export async function callUntilInputEnds(call) {
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
        const reply = await call();
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
}
