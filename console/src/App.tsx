import { useCallback, useEffect, useRef, useState } from 'react';
import { getJson, onUnauthorized, send } from './api/client';
import type { LiveAnswer, Session } from './api/types';
import { usePolling } from './api/usePolling';
import { MethodsPage } from './methods/MethodsPage';
import { History } from './methods/logic';
import { AuditPage } from './operate/AuditPage';
import { SessionContext } from './operate/author';
import { RoutingPage } from './routing/RoutingPage';
import { ServicesPage } from './services/ServicesPage';
import { Failure } from './shell/Failure';
import { Header } from './shell/Header';
import { Keys } from './shell/Keys';
import { Login } from './shell/Login';
import { TryPage } from './tryit/TryPage';
import { Empty, Link } from './ui/parts';
import { useRoute } from './ui/route';

export function App() {
  const [session, setSession] = useState<Session | 'asking' | 'none'>('asking');
  const ask = useCallback(() => {
    getJson<Session>('/console/session').then(
      (answer) => setSession(answer),
      // whoever answers nothing at all is shown by the pages themselves
      (failure: { status?: number }) => setSession(failure.status === 401 ? 'none' : { tokens: false }),
    );
  }, []);
  useEffect(ask, [ask]);
  useEffect(() => onUnauthorized(() => setSession('none')), []);

  if (session === 'asking') {
    return <div className="loading">Loading…</div>;
  }
  if (session === 'none') {
    return <Login onDone={ask} />;
  }
  return (
    <Console
      session={session}
      onLogout={() => void send('POST', '/console/logout', '{}', {}, 5000).then(() => setSession('none'))}
    />
  );
}

function Console(props: { session: Session; onLogout: () => void }) {
  const route = useRoute();
  const history = useRef<History>(null);
  history.current ??= new History();
  const samples = history.current;
  // asked for on every page: the header says how complete the numbers are, and the charts have a past to show
  const live = usePolling<LiveAnswer>(
    'live',
    (signal) => getJson('/console/api/monitor/v1/live?windowMs=60000', signal),
    2000,
    (answer) => samples.add(answer),
  );

  return (
    <SessionContext value={props.session}>
      <Keys />
      <a className="skip" href="#main">Skip to the page</a>
      <Header page={route.page} session={props.session} live={live} onLogout={props.onLogout} />
      <main id="main" className="main">
        <Failure page={route.page}>
          {route.page === 'services' && <ServicesPage query={route.query} />}
          {route.page === 'methods' && <MethodsPage live={live} history={samples} query={route.query} />}
          {route.page === 'try' && <TryPage live={live} query={route.query} />}
          {route.page === 'routing' && <RoutingPage />}
          {route.page === 'audit' && <AuditPage />}
          {!['services', 'methods', 'routing', 'audit', 'try'].includes(route.page) && (
            <Empty title="There is no such page.">
              <p>
                <Link to="/services">To the services</Link>
              </p>
            </Empty>
          )}
        </Failure>
      </main>
    </SessionContext>
  );
}
