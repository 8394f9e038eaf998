import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useTheme } from '../ui/theme';

export interface Line {
  label: string;
  /** the name of a CSS variable */
  color: string;
  values: (number | null)[];
  fill?: boolean;
}

/** Lines over time. Colours come from the style sheet; the readout under the pointer is uPlot's own legend. */
export function Chart(props: {
  title: string;
  at: number[];
  lines: Line[];
  format: (value: number) => string;
  fromMs: number;
  toMs: number;
  sync: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const { dark } = useTheme();
  const latest = useRef(props);
  latest.current = props;
  const shape = props.lines.map((line) => `${line.label} ${line.color}`).join('|');

  useEffect(() => {
    const element = box.current;
    if (!element) {
      return;
    }
    const style = getComputedStyle(document.documentElement);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: color('--text-quiet'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
      font: `11px ${color('--font')}`,
    };
    const format = (value: number | null | undefined) =>
      value === null || value === undefined ? '–' : latest.current.format(value);
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height: 190,
        cursor: { sync: { key: props.sync }, points: { size: 7 }, drag: { x: false, y: false } },
        // while nobody points at a moment, the readout is of the newest one
        hooks: { setCursor: [(chart) => (chart.cursor.left ?? -1) < 0 && showNewest(chart)] },
        scales: {
          x: { time: true, range: () => [latest.current.fromMs / 1000, latest.current.toMs / 1000] },
          y: { range: (_chart, _min, max) => [0, max > 0 ? max * 1.12 : 1] },
        },
        axes: [
          { ...axis, size: 26, space: 70, values: (_chart, ticks) => ticks.map(timeLabel) },
          { ...axis, size: 64, values: (_chart, ticks) => ticks.map(format) },
        ],
        series: [
          { label: 'at', value: (_chart, at) => (at ? new Date(at * 1000).toLocaleTimeString('en-GB') : '–') },
          ...latest.current.lines.map((line) => ({
            label: line.label,
            stroke: color(line.color),
            fill: line.fill ? `${color(line.color)}22` : undefined,
            width: 1.75,
            points: { show: false },
            value: (_chart: uPlot, value: number | null) => format(value),
          })),
        ],
      },
      [latest.current.at, ...latest.current.lines.map((line) => line.values)],
      element,
    );
    plot.current = chart;
    showNewest(chart);
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: 190 }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [dark, shape, props.sync]);

  useEffect(() => {
    const chart = plot.current;
    if (chart) {
      chart.setData([props.at, ...props.lines.map((line) => line.values)]);
      if ((chart.cursor.left ?? -1) < 0) {
        showNewest(chart);
      }
    }
  }, [props.at, props.lines, props.fromMs, props.toMs]);

  return (
    <figure className="chart">
      <figcaption>{props.title}</figcaption>
      <div ref={box} role="img" aria-label={describe(props)} />
    </figure>
  );
}

function showNewest(chart: uPlot): void {
  const last = chart.data[0].length - 1;
  if (last >= 0) {
    chart.setLegend({ idx: last }, false);
  }
}

function timeLabel(seconds: number): string {
  const at = new Date(seconds * 1000);
  const text = at.toLocaleTimeString('en-GB');
  return at.getSeconds() === 0 ? text.slice(0, 5) : text;
}

/** The chart in one sentence, for those who hear it. */
function describe(props: { title: string; lines: Line[]; format: (value: number) => string }): string {
  const parts = props.lines.map((line) => {
    const last = line.values.findLast((value) => value !== null);
    return `${line.label} ${last === null || last === undefined ? 'unknown' : `now ${props.format(last)}`}`;
  });
  return `${props.title}: ${parts.join(', ')}`;
}
