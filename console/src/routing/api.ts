import { change } from '../api/client';
import type { PinnedAnswer, ShadowAnswer } from '../api/types';
import type { Signed } from '../operate/Confirm';
import { type PinnedInstance, secondsLeft } from './logic';

export const ROUTER = '/console/api/router/v1';

/** Whether the other routers can know of what was said. */
export interface Shared {
  shared: boolean;
}

/** What follows what was done, where the other routers cannot know of it yet. */
export function everywhere(answer: Shared): string {
  return answer.shared ? ' on every router.' : ' here; the other routers follow when Redis answers.';
}

export function turn(source: string, enabled: boolean, signed: Signed): Promise<Shared> {
  return change('PUT', `${ROUTER}/sources/${source}`, { enabled, reason: signed.reason }, signed.author);
}

/** Takes an order into effect; an empty one is the usual one. */
export function setOrder(order: readonly string[], signed: Signed): Promise<Shared> {
  return change('PUT', `${ROUTER}/order`, { order, reason: signed.reason }, signed.author);
}

/** Compares from now on. */
export function startTrial(trial: Pick<ShadowAnswer, 'order' | 'overrides'>, signed: Signed): Promise<Shared> {
  const { order, overrides } = trial;
  return change('PUT', `${ROUTER}/shadow`, { order, overrides, reason: signed.reason }, signed.author);
}

export function endTrial(signed: Signed): Promise<Shared> {
  return change('DELETE', `${ROUTER}/shadow?${new URLSearchParams({ reason: signed.reason })}`, undefined, signed.author);
}

export function pin(
  service: string,
  instances: readonly PinnedInstance[],
  expiresSeconds: number | null,
  signed: Signed,
): Promise<Shared> {
  const body = { instances, reason: signed.reason, ...(expiresSeconds === null ? {} : { expiresSeconds }) };
  return change('PUT', `${ROUTER}/pinned?${new URLSearchParams({ service })}`, body, signed.author);
}

export function unpin(service: string, signed: Signed): Promise<Shared> {
  return change('DELETE', `${ROUTER}/pinned?${new URLSearchParams({ service, reason: signed.reason })}`, undefined, signed.author);
}

/** Puts a pinned answer in again as it was: it ends when it would have ended. */
export async function pinAgain(answer: PinnedAnswer, author: string): Promise<void> {
  await pin(answer.service, answer.instances, secondsLeft(answer, Date.now()), undoing(author));
}

/** How what takes something back is signed. */
export function undoing(author: string): Signed {
  return { author, reason: 'undo' };
}
