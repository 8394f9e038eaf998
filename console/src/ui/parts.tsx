import type { MouseEvent, ReactNode } from 'react';
import type { Polled } from '../api/usePolling';
import type { WatchState } from '../api/useWatch';
import type { Health } from '../services/logic';
import { ago, dateTime, duration, moment } from './format';
import { go } from './route';
import { useNow } from './useNow';

/** A link inside the console: the browser's own gestures (new tab, copy) still work. */
export function Link(props: { to: string; className?: string; current?: boolean; children: ReactNode }) {
  const follow = (event: MouseEvent) => {
    if (event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      go(props.to);
    }
  };
  return (
    <a
      href={props.to}
      className={props.className}
      aria-current={props.current ? 'page' : undefined}
      onClick={follow}
    >
      {props.children}
    </a>
  );
}

/** A dot whose meaning is also in words and in its shape, for those who do not see the colour. */
export function Dot(props: { health: Health }) {
  return <span className={`dot dot-${props.health}`} aria-hidden="true" />;
}

export function Badge(props: { health: Health; children: ReactNode }) {
  return <span className={`badge badge-${props.health}`}>{props.children}</span>;
}

/** Whether changes come by themselves or by asking again. */
export function Live(props: { state: WatchState }) {
  return props.state === 'live' ? (
    <span className="live" title="The registry tells of each change">
      <Dot health="good" /> live
    </span>
  ) : (
    <span className="live" title="The registry's watch does not stand: asked every 3 s">
      <Dot health="idle" /> every 3 s
    </span>
  );
}

export function Count(props: { value: number; health: Health; label: string }) {
  return (
    <span
      className={props.value === 0 ? 'count count-none' : `count count-${props.health}`}
      aria-label={`${props.value} ${props.label}`}
    >
      {props.value}
    </span>
  );
}

/** Loading, failed, or failed after it had answered: one look for all three. */
export function PollState(props: { polled: Polled<unknown>; what: string }) {
  const { polled, what } = props;
  const now = useNow();
  if (polled.error) {
    const stale = polled.data !== undefined;
    return (
      <div className={stale ? 'notice notice-warn' : 'notice notice-bad'} role="alert">
        <div>
          <strong>{polled.error.message}</strong> {polled.error.todo && <Todo text={polled.error.todo} />}
          {stale && (
            <div className="quiet">What you see is {duration(now - polled.atMs)} old. Asking again by itself.</div>
          )}
        </div>
        <button type="button" onClick={polled.refresh}>
          Ask now
        </button>
      </div>
    );
  }
  if (polled.data === undefined) {
    return (
      <div className="loading" role="status">
        Loading {what}…
      </div>
    );
  }
  return null;
}

/** Words, with commands set as such. */
export function Todo(props: { text: string }) {
  return (
    <span>
      {props.text.split(/(\.\/moa [a-z]+(?: --?[a-z-]+)*)/).map((piece, i) =>
        i % 2 === 1 ? <code key={i}>{piece}</code> : piece,
      )}
    </span>
  );
}

export function Empty(props: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{props.title}</p>
      {props.children}
    </div>
  );
}

export function FilterBox(props: { value: string; onChange: (value: string) => void; label: string }) {
  return (
    <label className="filter">
      <span className="visually-hidden">{props.label}</span>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <circle cx="7" cy="7" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.6" />
        <path d="M10.500 10.500 14 14" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
      </svg>
      <input
        type="search"
        data-filter
        value={props.value}
        placeholder={props.label}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => props.onChange(event.target.value)}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

/** When something was, by the clock and how long ago. */
export function When(props: { atMs: number; now: number }) {
  return (
    <span title={dateTime(props.atMs)}>
      {moment(props.atMs, props.now)} <span className="quiet">{ago(props.atMs, props.now)}</span>
    </span>
  );
}
