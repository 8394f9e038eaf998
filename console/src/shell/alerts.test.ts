import { expect, it } from 'vitest';
import type { Alert } from '../api/types';
import { alertPath, describeAlert, firingAlerts } from './alerts';

const alert = (rest: Partial<Alert>): Alert => ({ name: 'a', metric: 'ERROR_RATIO', state: 'FIRING', ...rest });

it('shows what fires, the longest first', () => {
  const alerts = [alert({ name: 'late', sinceMs: 9 }), alert({ name: 'ok', state: 'OK' }), alert({ name: 'early', sinceMs: 2 })];

  expect(firingAlerts({ atMs: 10, alerts }).map((a) => a.name)).toEqual(['early', 'late']);
  expect(firingAlerts(undefined)).toEqual([]);
});

it('says the value and the limit', () => {
  expect(describeAlert(alert({ value: 0.125, max: 0.05 }))).toBe('errors 12.5 % (at most 5.0 %)');
  expect(describeAlert(alert({ metric: 'P99', value: 812, max: 500 }))).toBe('p99 812 ms (at most 500 ms)');
  expect(describeAlert(alert({ metric: 'RATE', value: null, min: 10 }))).toBe('rate nothing (at least 10.0 /s)');
});

it('leads to the method, or to the methods of the service', () => {
  expect(alertPath(alert({ service: '/service/user', method: 'get' }))).toBe('/methods?service=%2Fservice%2Fuser&method=get');
  expect(alertPath(alert({ service: '/service/user' }))).toBe('/methods?filter=%2Fservice%2Fuser');
});
