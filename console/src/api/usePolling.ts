import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from './client';

/** What a poll knows: the last answer stays while later ones fail, with its age. */
export interface Polled<T> {
  data: T | undefined;
  error: ApiError | undefined;
  /** when `data` came, in ms of the browser's clock; 0 before the first answer */
  atMs: number;
  refresh: () => void;
}

/**
 * Asks again and again: never two questions at once, none while the page is hidden, an answer to an old
 * question is dropped. `key` names the question: when it changes, what was known is forgotten.
 */
export function usePolling<T>(
  key: string | null,
  ask: (signal: AbortSignal) => Promise<T>,
  everyMs: number,
  onAnswer?: (answer: T) => void,
): Polled<T> {
  const [state, setState] = useState<{ key: string | null; data?: T; error?: ApiError; atMs: number }>({
    key,
    atMs: 0,
  });
  const latest = useRef({ ask, onAnswer });
  latest.current = { ask, onAnswer };
  const wake = useRef<() => void>(() => {});

  useEffect(() => {
    if (key === null) {
      return;
    }
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking = false;
    // somebody wanted to know while it was being asked: what comes may be older than what they heard of
    let wanted = false;

    const round = async () => {
      if (asking || controller.signal.aborted) {
        wanted = asking;
        return;
      }
      clearTimeout(timer);
      if (document.hidden) {
        return;
      }
      asking = true;
      try {
        const data = await latest.current.ask(controller.signal);
        if (!controller.signal.aborted) {
          setState({ key, data, atMs: Date.now() });
          latest.current.onAnswer?.(data);
        }
      } catch (failure) {
        if (!controller.signal.aborted) {
          const error =
            failure instanceof ApiError ? failure : new ApiError(-1, `The console failed: ${String(failure)}`, '');
          setState((before) => ({ ...(before.key === key ? before : { key, atMs: 0 }), error }));
        }
      } finally {
        asking = false;
        if (!controller.signal.aborted) {
          timer = setTimeout(round, wanted ? 0 : everyMs);
          wanted = false;
        }
      }
    };
    const onVisible = () => {
      if (!document.hidden) {
        void round();
      }
    };
    wake.current = () => void round();
    document.addEventListener('visibilitychange', onVisible);
    void round();
    return () => {
      controller.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [key, everyMs]);

  const refresh = useCallback(() => wake.current(), []);
  const fresh = state.key === key;
  return {
    data: fresh ? state.data : undefined,
    error: fresh ? state.error : undefined,
    atMs: fresh ? state.atMs : 0,
    refresh,
  };
}
