import type { Alert, AlertsAnswer } from '../api/types';
import { millis, percent, rate } from '../ui/format';

const WHAT: Record<string, [string, (value: number) => string]> = {
  RATE: ['rate', (value) => `${rate(value)} /s`],
  ERROR_RATIO: ['errors', percent],
  P99: ['p99', millis],
};

/** The alerts that fire, those that have fired longest first. */
export function firingAlerts(answer: AlertsAnswer | undefined): Alert[] {
  return (answer?.alerts ?? [])
    .filter((alert) => alert.state === 'FIRING')
    .sort((a, b) => (a.sinceMs ?? 0) - (b.sinceMs ?? 0));
}

/** What is wrong, and what the limit is: `errors 12.5 % (at most 5.0 %)`. */
export function describeAlert(alert: Alert): string {
  const [word, format] = WHAT[alert.metric] ?? [alert.metric.toLowerCase(), String];
  const value = alert.value === null || alert.value === undefined ? 'nothing' : format(alert.value);
  const limits = [
    alert.min === null || alert.min === undefined ? '' : `at least ${format(alert.min)}`,
    alert.max === null || alert.max === undefined ? '' : `at most ${format(alert.max)}`,
  ].filter(Boolean);
  return `${word} ${value}${limits.length > 0 ? ` (${limits.join(', ')})` : ''}`;
}

/** Where to look: the method, or all methods of the service. */
export function alertPath(alert: Alert): string {
  const query = new URLSearchParams(
    alert.service && alert.method
      ? { service: alert.service, method: alert.method }
      : { filter: alert.service ?? '' },
  );
  return `/methods?${query}`;
}
