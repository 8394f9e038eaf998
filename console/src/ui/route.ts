import { useSyncExternalStore } from 'react';

/** Where the reader is: the page is the path, what is chosen on it is the query, so that links can be shared. */
export interface Route {
  page: string;
  query: URLSearchParams;
}

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

export function go(path: string, options: { replace?: boolean } = {}): void {
  if (path === location.pathname + location.search) {
    return;
  }
  history[options.replace ? 'replaceState' : 'pushState'](null, '', path);
  listeners.forEach((listener) => listener());
}

export function useRoute(): Route {
  const href = useSyncExternalStore(subscribe, () => location.pathname + location.search);
  const url = new URL(href, 'http://here');
  return { page: url.pathname.split('/')[1] || 'services', query: url.searchParams };
}
