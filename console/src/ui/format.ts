/** Numbers as people read them: three figures, the unit beside them. */

/** A number that an older or newer part of the platform may leave out. */
type Maybe = number | null | undefined;

function missing(value: Maybe): value is null | undefined {
  return value === null || value === undefined || Number.isNaN(value);
}

export function rate(perSecond: Maybe): string {
  if (missing(perSecond)) {
    return '–';
  }
  if (perSecond === 0) {
    return '0';
  }
  if (perSecond < 0.01) {
    return '<0.01';
  }
  if (perSecond < 10) {
    return perSecond.toFixed(2);
  }
  if (perSecond < 100) {
    return perSecond.toFixed(1);
  }
  return count(perSecond);
}

export function count(value: number): string {
  if (value < 10_000) {
    return Math.round(value).toLocaleString('en');
  }
  if (value < 1_000_000) {
    return `${trim(value / 1000)} k`;
  }
  return `${trim(value / 1_000_000)} M`;
}

export function millis(ms: Maybe): string {
  if (missing(ms)) {
    return '–';
  }
  if (ms === 0) {
    return '0 ms';
  }
  if (ms < 0.01) {
    return `${(ms * 1000).toFixed(1)} µs`;
  }
  if (ms < 10) {
    return `${ms.toFixed(2)} ms`;
  }
  if (ms < 100) {
    return `${ms.toFixed(1)} ms`;
  }
  if (ms < 10_000) {
    return `${Math.round(ms).toLocaleString('en')} ms`;
  }
  return duration(ms);
}

export function percent(ratio: Maybe): string {
  if (missing(ratio)) {
    return '–';
  }
  if (ratio === 0) {
    return '0 %';
  }
  const value = ratio * 100;
  if (value < 0.01) {
    return '<0.01 %';
  }
  if (value < 1) {
    return `${value.toFixed(2)} %`;
  }
  return `${value < 99.95 ? value.toFixed(1) : value.toFixed(0)} %`;
}

/** A span of time in its two largest units: `3 m 20 s`, `2 h 5 m`, `4 d 1 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return join(minutes, 'm', seconds % 60, 's');
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    return join(hours, 'h', minutes % 60, 'm');
  }
  return join(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

export function ago(atMs: number, nowMs: number): string {
  const age = nowMs - atMs;
  return age < 1500 ? 'now' : `${duration(age)} ago`;
}

export function dateTime(atMs: number): string {
  return new Date(atMs).toLocaleString('en-GB');
}

export function clock(atMs: number): string {
  return new Date(atMs).toLocaleTimeString('en-GB');
}

/** The clock, and the day where it was not today. */
export function moment(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  return at.toDateString() === new Date(nowMs).toDateString()
    ? clock(atMs)
    : `${at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${clock(atMs)}`;
}

function trim(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

function join(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}
