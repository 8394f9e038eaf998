/*
 * The client of /service/orders in TypeScript. Written by `./moa stub /service/orders --lang typescript` from the service's
 * OpenAPI document, hash 93db74ac953cd0ff; write it again rather than change it.
 *
 *   const client = new OrdersClient(overRedis(redis));        // node-redis or ioredis, connected to a moa port
 *   const client = new OrdersClient(overHttp("https://moa.example.com/api", token));    // the gateway
 *
 * A 64-bit number beyond 2^53 loses digits, as every number of JavaScript does.
 */

export type Currency = "EUR" | "CNY";

export interface Card {
  readonly number: string;
}

export interface Cash {
  readonly amount: number;
  readonly currency: Currency;
}

export interface Item {
  readonly name: string;
  readonly price: number;
}

export interface Order {
  readonly id: number;
  readonly at: string;
  readonly currency?: Currency | null;
  readonly items: Item[];
  readonly extras: Record<string, Item>;
  readonly "in-stock": boolean;
  readonly from?: string | null;
}

/** One of several, told apart by `kind`. */
export type Payment = ({ readonly kind: "card" } & Card) | ({ readonly kind: "cash" } & Cash);

/** A call that failed: the code is gRPC's, 4 is a deadline that passed, 14 a service that cannot be reached. */
export class MoaError extends Error {
  readonly code: number;
  readonly error: string;
  readonly details: Record<string, unknown>;

  constructor(code: number, error: string, message: string, details: Record<string, unknown>) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.error = error;
    this.details = details;
  }
}

/** Declared by the service. */
export class OrderNotFound extends MoaError {
  get id(): number {
    return this.details["id"] as number;
  }
}

const declared: Record<string, typeof MoaError> = {
  "dev.moa.dev.stub.Orders$OrderNotFound": OrderNotFound,
};

export interface Call {
  readonly service: string;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly ctx: { readonly app: string; readonly timeoutMs: number };
}

export interface Answer {
  readonly code: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
  readonly details?: Record<string, unknown>;
}

/** How a call travels. */
export type Transport = (call: Call) => Promise<Answer>;

/** By any Redis client that is connected to a moa port. */
export function overRedis(redis: { get(key: string): PromiseLike<unknown> }): Transport {
  return async (call) => JSON.parse(String(await redis.get(JSON.stringify(call)))) as Answer;
}

/** By HTTP: `base` is the gateway with `/api`, or a moa port of the service. */
export function overHttp(base: string, token?: string): Transport {
  return async (call) => {
    const headers: Record<string, string> = {
      "Content-Type": "application/json",
      "Moa-Timeout-Ms": String(call.ctx.timeoutMs),
      "Moa-App": call.ctx.app,
    };
    if (token !== undefined) {
      headers["Authorization"] = `Bearer ${token}`;
    }
    const reply = await fetch(`${base}${call.service}/${call.method}`, {
      method: "POST",
      headers,
      body: JSON.stringify(call.args),
    });
    return (await reply.json()) as Answer;
  };
}

export class OrdersClient {
  readonly #transport: Transport;
  readonly #app: string;
  readonly #timeoutMs: number;

  /** `timeoutMs` is for methods that name none. */
  constructor(transport: Transport, app = "typescript", timeoutMs = 1000) {
    this.#transport = transport;
    this.#app = app;
    this.#timeoutMs = timeoutMs;
  }

  /** echo(value: Object): Object */
  async echo(value: unknown): Promise<unknown> {
    return (await this.#call("echo", [value], this.#timeoutMs)) as unknown;
  }

  /** find(id: long, currency: Currency?): Order; calling it twice does what calling it once does; throws OrderNotFound */
  async find(id: number, currency?: Currency | null): Promise<Order> {
    return (await this.#call("find", [id, currency], 2000)) as Order;
  }

  /** forget(ids: List<Long>): void */
  async forget(ids: number[]): Promise<void> {
    await this.#call("forget", [ids], this.#timeoutMs);
  }

  /** note(id: long): String? */
  async note(id: number): Promise<string | null> {
    return (await this.#call("note", [id], this.#timeoutMs)) as string | null;
  }

  /** pay(payment: Payment, twice: boolean): Payment; throws OrderNotFound */
  async pay(payment: Payment, twice: boolean): Promise<Payment> {
    return (await this.#call("pay", [payment, twice], this.#timeoutMs)) as Payment;
  }

  /** search(ranges: Map<String, Integer>, text: String?): List<Order> */
  async search(ranges: Record<string, number>, text?: string | null): Promise<Order[]> {
    return (await this.#call("search", [ranges, text], this.#timeoutMs)) as Order[];
  }

  async #call(method: string, args: readonly unknown[], timeoutMs: number): Promise<unknown> {
    const answer = await this.#transport({
      service: "/service/orders",
      method,
      args,
      ctx: { app: this.#app, timeoutMs },
    });
    if (answer.code === 0) {
      return answer.result;
    }
    const details = answer.details ?? {};
    const failure = declared[String(details["type"])] ?? MoaError;
    throw new failure(answer.code, answer.error ?? "UNKNOWN", answer.message ?? "", details);
  }
}
