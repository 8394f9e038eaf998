import { createContext, useContext } from 'react';
import type { Session } from '../api/types';

const KEY = 'moa.author';
const NAME = /^[\p{L}\p{N} ._@-]{1,64}$/u;

export const SessionContext = createContext<Session>({ tokens: false });

/** Who acts: with tokens the one that signed in, else the name that was typed last time. */
export function useAuthor(): { fixed: string | null; remembered: string; isOperator: boolean } {
  const session = useContext(SessionContext);
  const fixed = session.tokens ? (session.name ?? '?') : null;
  return {
    fixed,
    remembered: fixed ?? stored(),
    isOperator: !session.tokens || session.role === 'operator',
  };
}

export function remember(author: string): void {
  try {
    localStorage.setItem(KEY, author);
  } catch {
    // a browser that stores nothing asks again
  }
}

export function authorProblem(author: string): string | null {
  if (author.trim() === '') {
    return 'Your name: the audit log says who did it.';
  }
  return NAME.test(author.trim()) ? null : 'Letters, numbers, space and . _ @ - only, at most 64.';
}

function stored(): string {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}
