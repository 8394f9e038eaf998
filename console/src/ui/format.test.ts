import { expect, it } from 'vitest';
import { ago, count, duration, millis, moment, percent, rate } from './format';

it('writes numbers with three figures and a unit', () => {
  expect([0, 0.001, 1.234, 45.67, 2345, 123456].map(rate)).toEqual(['0', '<0.01', '1.23', '45.7', '2,345', '123 k']);
  expect([0.005, 0.5, 12.34, 345.6, 61_000].map(millis)).toEqual(['5.0 µs', '0.50 ms', '12.3 ms', '346 ms', '1 m 1 s']);
  expect([millis(null), rate(undefined), percent(undefined)]).toEqual(['–', '–', '–']);
  expect([0, 0.00001, 0.004, 0.125, 1].map(percent)).toEqual(['0 %', '<0.01 %', '0.40 %', '12.5 %', '100 %']);
  expect([999, 45_600, 7_000_000].map(count)).toEqual(['999', '45.6 k', '7.00 M']);
});

it('writes spans of time in two units', () => {
  expect([5_000, 200_000, 7_500_000, 90_000_000].map(duration)).toEqual(['5 s', '3 m 20 s', '2 h 5 m', '1 d 1 h']);
  expect(ago(1000, 2000)).toBe('now');
  expect(ago(1000, 61_000)).toBe('1 m ago');
  const noon = new Date(2026, 10, 21, 12, 0, 5).getTime();
  expect(moment(noon, noon + 1000)).toBe('12:00:05');
  expect(moment(noon, noon + 86_400_000)).toBe('21 Nov 12:00:05');
});
