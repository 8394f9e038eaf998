import { useEffect, useRef, useState } from 'react';

/** connecting: the pages are polled until the watch stands; live: changes come by themselves. */
export type WatchState = 'connecting' | 'live';

const AGAIN_MS = 5000;
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

/** Runs `onChange` when the registry tells that one of the services has changed: its watch, on one connection. */
export function useWatch(services: readonly string[], onChange: (service: string) => void): WatchState {
  const [state, setState] = useState<WatchState>('connecting');
  const latest = useRef(onChange);
  latest.current = onChange;
  const path = watchPath(services);

  useEffect(() => {
    if (path === null) {
      return;
    }
    let again: ReturnType<typeof setTimeout> | undefined;
    let events: EventSource | undefined;
    const open = () => {
      events = new EventSource(path);
      events.addEventListener('token', () => setState('live'));
      events.addEventListener('change', (event) => {
        try {
          latest.current((JSON.parse((event as MessageEvent<string>).data) as { service: string }).service);
        } catch {
          // not an event of a registry: the next poll tells
        }
      });
      events.onerror = () => {
        setState('connecting');
        // the browser goes on by itself, with the last token, unless it was refused
        if (events?.readyState === EventSource.CLOSED) {
          again = setTimeout(open, AGAIN_MS);
        }
      };
    };
    open();
    return () => {
      clearTimeout(again);
      events?.close();
      setState('connecting');
    };
  }, [path]);
  return state;
}
