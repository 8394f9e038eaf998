import type { Problem } from './types';

/** A reply that is not the answer asked for: what failed, and what to do, in words for people. */
export class ApiError extends Error {
  readonly status: number;
  readonly todo: string;

  constructor(status: number, message: string, todo: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.todo = todo;
  }
}

/** The whole of a reply, whatever its status: what "Try it" shows. */
export interface Reply {
  status: number;
  tookMs: number;
  body: unknown;
  raw: string;
}

const PARTS: Record<string, string> = {
  registry: 'The registry',
  router: 'The router',
  'parallel-proxy': 'The parallel proxy',
  'async-broker': 'The async broker',
  monitor: 'The monitor',
  gateway: 'The gateway',
};

/** What the gateway says of an app that it cannot reach; all else is the app's own word. */
const OF_THE_GATEWAY = /^the [a-z-]+ (does not answer|did not answer in time|hung up before it answered)$/;

/** Returns which part answers for a path of the console's own API. */
export function partOf(path: string): string {
  const match = /^\/console\/api\/([^/?]+)/.exec(path);
  return PARTS[match?.[1] ?? 'gateway'] ?? 'The gateway';
}

/** Returns what to show for a reply that failed: value, limit and what to do, where the reply says so. */
export function explain(path: string, status: number, body: unknown): ApiError {
  const part = partOf(path);
  const problem = isProblem(body) ? body : undefined;
  if (status === 0) {
    return new ApiError(0, 'The gateway does not answer.', 'Is it running? ./moa status');
  }
  if (status === 401) {
    return new ApiError(401, 'This platform asks for a token.', './moa token prints one');
  }
  if (status > 500 && problem?.detail && !OF_THE_GATEWAY.test(problem.detail)) {
    return new ApiError(status, `${part} says: ${problem.detail}`, problem.todo ?? '');
  }
  if (status === 502 || status === 503 || status === 504) {
    const verb = status === 504 ? 'did not answer in time' : 'does not answer';
    return new ApiError(status, `${part} ${verb} (${status}).`, problem?.todo ?? 'Is it running? ./moa status');
  }
  const said = problem?.detail ?? problem?.title;
  return new ApiError(status, said ?? `${part} answered ${status}.`, problem?.todo ?? '');
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && ('detail' in body || 'title' in body);
}

type Listener = () => void;
const unauthorized = new Set<Listener>();

/** Runs `listener` whenever a reply says that a token is needed. */
export function onUnauthorized(listener: Listener): () => void {
  unauthorized.add(listener);
  return () => unauthorized.delete(listener);
}

/** Reads JSON, or throws an ApiError that says what to do. Gives up after `timeoutMs`. */
export async function getJson<T>(path: string, signal?: AbortSignal, timeoutMs = 5000): Promise<T> {
  const reply = await exchange('GET', path, undefined, {}, timeoutMs, signal);
  if (reply.status < 200 || reply.status > 299) {
    throw explain(path, reply.status, reply.body);
  }
  return reply.body as T;
}

/** Who acts, as a header: what it cannot hold is written as in an address, and the apps read it so. */
export function actor(author: string): Record<string, string> {
  return author === '' ? {} : { 'Moa-Actor': /^[ -~]*$/.test(author) ? author : encodeURIComponent(author) };
}

/** Changes something on behalf of `author`; returns the answer, or throws an ApiError that says what to do. */
export async function change<T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body: unknown,
  author: string,
): Promise<T> {
  const reply = await exchange(method, path, body === undefined ? undefined : JSON.stringify(body), actor(author), 8000);
  if (reply.status < 200 || reply.status > 299) {
    throw explain(path, reply.status, reply.body);
  }
  return reply.body as T;
}

/** Sends JSON and returns whatever came back; status 0 means that nothing did. */
export function send(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body: string | undefined,
  headers: Record<string, string> = {},
  timeoutMs = 30_000,
): Promise<Reply> {
  return exchange(method, path, body, headers, timeoutMs);
}

async function exchange(
  method: string,
  path: string,
  body: string | undefined,
  headers: Record<string, string>,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Reply> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const started = performance.now();
  let status = 0;
  let raw = '';
  try {
    const response = await fetch(path, {
      method,
      body,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      credentials: 'same-origin',
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    raw = await response.text();
    status = response.status;
  } catch (failure) {
    if (signal?.aborted) {
      throw failure;
    }
    status = timeout.aborted ? 504 : 0;
  }
  if (status === 401) {
    unauthorized.forEach((listener) => listener());
  }
  return { status, tookMs: performance.now() - started, body: parse(raw), raw };
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
