// what the programs beside this file share: cells to print, and calls that go on while an instance goes

export const env = (name) => process.env[`MOA_${name}`];
export const port = (name) => Number(env(name));
export const call = env("CALL");

export const cell = (name, ...values) => console.log(`${name}\t${values.join("|")}`);

/** Prints how many calls failed until the second instance answers. */
export async function goOn(name, who) {
  await who();
  console.log(`ready ${name}`);
  let failed = 0;
  for (let i = 0; i < 400; i++) {
    try {
      if ((await who()).includes("second")) return cell(name, failed);
    } catch {
      failed++;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  cell(name, "the second instance never answered");
}
