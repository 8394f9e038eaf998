import { getJson } from '../api/client';
import type { AlertsAnswer, LiveAnswer, Part, PartsAnswer, Session } from '../api/types';
import { type Polled, usePolling } from '../api/usePolling';
import type { Health } from '../services/logic';
import { Dot, Link } from '../ui/parts';
import { clock, percent } from '../ui/format';
import { alertPath, describeAlert, firingAlerts } from './alerts';
import { type Theme, setTheme, useTheme } from '../ui/theme';

const PAGES = [
  ['services', 'Services'],
  ['methods', 'Methods'],
  ['routing', 'Routing'],
  ['audit', 'Audit'],
  ['try', 'Try it'],
] as const;

const LABELS: Record<string, string> = {
  registry: 'registry',
  router: 'router',
  'parallel-proxy': 'proxy',
  'async-broker': 'broker',
  monitor: 'monitor',
};

export function partHealth(part: Part): Health {
  return part.status === 'UP' ? 'good' : part.status === 'DEGRADED' ? 'warn' : 'bad';
}

export function Header(props: { page: string; session: Session; live: Polled<LiveAnswer>; onLogout: () => void }) {
  const parts = usePolling<PartsAnswer>(
    'parts',
    (signal) => getJson('/console/api/gateway/parts', signal),
    5000,
  );
  return (
    <header className="header">
      <div className="header-row">
        <Link to="/services" className="brand">
          <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
            <rect width="32" height="32" rx="8" className="brand-back" />
            <path
              d="M7 23V12.5a4.5 4.5 0 0 1 9 0V23m0-10.500a4.500 4.500 0 0 1 9 0V23"
              fill="none"
              stroke="#fff"
              strokeWidth="3"
              strokeLinecap="round"
            />
          </svg>
          <span>moa</span>
        </Link>
        <nav className="tabs" aria-label="Pages">
          {PAGES.map(([page, label]) => (
            <Link key={page} to={`/${page}`} current={props.page === page}>
              {label}
            </Link>
          ))}
        </nav>
        <div className="header-end">
          <ThemeSwitch />
          {props.session.tokens && (
            <button type="button" className="plain" onClick={props.onLogout} title={`Signed in as ${props.session.name ?? '?'}`}>
              Sign out
            </button>
          )}
        </div>
      </div>
      <div className="parts" role="status" aria-label="Health of the platform's parts">
        {parts.error ? (
          <span className="part part-bad">
            <Dot health="bad" /> {parts.error.message}
          </span>
        ) : (
          (parts.data?.parts ?? []).map((part) => <PartChip key={part.name} part={part} />)
        )}
        <Completeness live={props.live} />
      </div>
      <Firing />
    </header>
  );
}

/** The monitor's alerts that fire now: on every page, because they are why somebody looks. */
function Firing() {
  const alerts = usePolling<AlertsAnswer>(
    'alerts',
    (signal) => getJson('/console/api/monitor/v1/alerts', signal),
    10_000,
  );
  const firing = firingAlerts(alerts.data);
  if (firing.length === 0) {
    return null;
  }
  return (
    <ul className="firing" aria-label="Alerts that fire" role="alert">
      {firing.slice(0, 5).map((alert) => (
        <li key={alert.name}>
          <Dot health="bad" />
          <strong>{alert.name}</strong>
          {alert.service && (
            <Link to={alertPath(alert)}>
              {alert.service}
              {alert.method && `/${alert.method}`}
            </Link>
          )}
          <span>{describeAlert(alert)}</span>
          {alert.sinceMs && <span>since {clock(alert.sinceMs)}</span>}
        </li>
      ))}
      {firing.length > 5 && <li>and {firing.length - 5} more</li>}
    </ul>
  );
}

function PartChip(props: { part: Part }) {
  const health = partHealth(props.part);
  const detail = props.part.detail ?? '';
  const word = health === 'good' ? 'up' : health === 'warn' ? 'degraded' : 'down';
  return (
    <span className={`part part-${health}`} title={`${props.part.url ?? ''} ${detail}`.trim()}>
      <Dot health={health} />
      {LABELS[props.part.name] ?? props.part.name}
      {health === 'good' ? (
        <span className="visually-hidden"> {word}</span>
      ) : (
        <span className="part-detail">
          {word}
          {detail && `: ${detail}`}
        </span>
      )}
    </span>
  );
}

/** How much of the platform the numbers speak for: instances that report ÷ instances that are registered. */
function Completeness(props: { live: Polled<LiveAnswer> }) {
  const { data, error } = props.live;
  if (error || !data) {
    return <span className="part completeness quiet">statistics: {error ? 'unknown' : '…'}</span>;
  }
  const { reporting, registered } = data;
  const health: Health = !registered ? 'idle' : reporting >= registered ? 'good' : 'warn';
  return (
    <span
      className={`part completeness part-${health}`}
      title="Instances that report statistics ÷ instances that are registered"
    >
      <Dot health={health} />
      {registered === null ? `${reporting} report` : `${reporting} of ${registered} report`}
      {registered !== null && registered > 0 && reporting < registered && ` (${percent(reporting / registered)})`}
    </span>
  );
}

const THEMES: readonly [Theme, string, string][] = [
  ['auto', 'Theme: as the system', '◐'],
  ['light', 'Theme: light', '☀'],
  ['dark', 'Theme: dark', '☾'],
];

function ThemeSwitch() {
  const { theme } = useTheme();
  const at = THEMES.findIndex(([name]) => name === theme);
  const [, label, sign] = THEMES[at] ?? THEMES[0]!;
  return (
    <button
      type="button"
      className="plain icon"
      aria-label={label}
      title={label}
      onClick={() => setTheme((THEMES[(at + 1) % THEMES.length] ?? THEMES[0]!)[0])}
    >
      <span aria-hidden="true">{sign}</span>
    </button>
  );
}
