import { useEffect, useRef, useState } from 'react';

/** connecting: the pages are polled until the watch stands; live: changes come by themselves. */
export type WatchState = 'connecting' | 'live';

const AGAIN_MS = 5000;
// many changes at once are one reason to ask again
const GATHER_MS = 300;
// the gateway reads a request line of 4 kB: what does not fit is polled
const MOST_CHARACTERS = 3000;

/** The path that watches as many of the services as a request line holds; null for none. */
export function watchPath(services: readonly string[]): string | null {
  let path = '';
  for (const service of services) {
    const more = `${path === '' ? '?' : '&'}service=${encodeURIComponent(service)}`;
    if (path.length + more.length > MOST_CHARACTERS) {
      break;
    }
    path += more;
  }
  return path === '' ? null : `/console/api/registry/v1/watch${path}`;
}

/**
 * Runs `onChange` when the registry tells that some of the services have changed: its watch, on one connection. A page
 * that nobody looks at has none: a browser opens six to one address, for all its tabs.
 */
export function useWatch(services: readonly string[], onChange: (changed: ReadonlySet<string>) => void): WatchState {
  const [state, setState] = useState<WatchState>('connecting');
  const latest = useRef(onChange);
  latest.current = onChange;
  const path = watchPath(services);

  useEffect(() => {
    if (path === null) {
      return;
    }
    let again: ReturnType<typeof setTimeout> | undefined;
    let telling: ReturnType<typeof setTimeout> | undefined;
    let events: EventSource | undefined;
    let changed = new Set<string>();
    const tell = () => {
      const now = changed;
      telling = undefined;
      changed = new Set();
      latest.current(now);
    };
    const close = () => {
      clearTimeout(again);
      events?.close();
      events = undefined;
      setState('connecting');
    };
    const open = () => {
      if (document.hidden || events) {
        return;
      }
      events = new EventSource(path);
      events.addEventListener('token', () => setState('live'));
      events.addEventListener('change', (event) => {
        try {
          changed.add((JSON.parse((event as MessageEvent<string>).data) as { service: string }).service);
          telling ??= setTimeout(tell, GATHER_MS);
        } catch {
          // not an event of a registry: the next poll tells
        }
      });
      events.onerror = () => {
        setState('connecting');
        // the browser goes on by itself, with the last token, unless it was refused
        if (events?.readyState === EventSource.CLOSED) {
          close();
          again = setTimeout(open, AGAIN_MS);
        }
      };
    };
    const onVisible = () => (document.hidden ? close() : open());
    document.addEventListener('visibilitychange', onVisible);
    open();
    return () => {
      document.removeEventListener('visibilitychange', onVisible);
      clearTimeout(telling);
      close();
    };
  }, [path]);
  return state;
}
