import { useState } from 'react';
import { getJson } from '../api/client';
import type { PinnedAnswer, ServiceRow, ServicesPage as Page } from '../api/types';
import { usePolling } from '../api/usePolling';
import { useWatch } from '../api/useWatch';
import { Badge, Count, Dot, Empty, FilterBox, Link, Live, PollState } from '../ui/parts';
import { ROUTER } from '../routing/api';
import { ServicePanel } from './ServicePanel';
import { arrangeServices, serviceHealth, totals } from './logic';

const PAGE = 500;
const MOST = 10_000;
const SHOWN = 200;

/** Every page of the list, so that the filter finds what is on the last one. */
async function allServices(signal: AbortSignal): Promise<ServiceRow[]> {
  const rows: ServiceRow[] = [];
  let cursor: string | null | undefined;
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor ? { cursor } : {}) });
    const page = await getJson<Page>(`/console/api/registry/v1/services?${query}`, signal);
    rows.push(...page.services);
    cursor = page.next;
  } while (cursor && rows.length < MOST);
  return rows;
}

export function ServicesPage(props: { query: URLSearchParams }) {
  const selected = props.query.get('name');
  const [filter, setFilter] = useState('');
  const [shown, setShown] = useState(SHOWN);
  const polled = usePolling('services', allServices, 3000);
  // a help, not a condition: without the router the services are shown all the same
  const pins = usePolling<{ pinned: PinnedAnswer[] }>('pinned', (signal) => getJson(`${ROUTER}/pinned`, signal), 5000);
  const pinned = new Map((pins.data?.pinned ?? []).map((each) => [each.service, each]));
  const rows = polled.data ?? [];
  const arranged = arrangeServices(rows, filter);
  const sum = totals(rows);
  const [told, setTold] = useState(0);
  const watched = rows.map((row) => row.service);
  const watch = useWatch(selected ? [selected, ...watched.filter((name) => name !== selected)] : watched, (changed) => {
    polled.refresh();
    if (selected && changed.has(selected)) {
      setTold((times) => times + 1);
    }
  });

  return (
    <div className={selected ? 'split split-open' : 'split'}>
      <section className="card" aria-labelledby="services-title">
        <div className="card-head">
          <h1 id="services-title">Services</h1>
          {polled.data && (
            <p className="quiet">
              {sum.services} {sum.services === 1 ? 'service' : 'services'}, {sum.instances}{' '}
              {sum.instances === 1 ? 'instance' : 'instances'}
              {sum.down > 0 && <span className="text-bad">, {sum.down} down</span>}
              {sum.draining > 0 && <span className="text-warn">, {sum.draining} draining</span>}
              {sum.held > 0 && <span className="text-warn">, {sum.held} held</span>} <Live state={watch} />
            </p>
          )}
          <FilterBox value={filter} onChange={setFilter} label="Filter services" />
        </div>
        <PollState polled={polled} what="services" />
        {polled.data && rows.length === 0 && (
          <Empty title="No service is registered yet.">
            <p>
              Start the examples with <code>./moa up --demo</code>, or register your own:
            </p>
            <pre>
              {`curl -s http://127.0.0.1:8081/v1/instances -H 'content-type: application/json' \\\n  -d '{"service":"/service/mine","host":"127.0.0.1","port":9000,"protocols":["http"],"ttlSeconds":30}'`}
            </pre>
          </Empty>
        )}
        {rows.length > 0 && arranged.length === 0 && <Empty title={`No service matches “${filter}”.`} />}
        {arranged.length > 0 && (
          <div className="table-scroll">
            <table className="table rows-link">
              <thead>
                <tr>
                  <th scope="col">Service</th>
                  <th scope="col" className="num">Up</th>
                  <th scope="col" className="num roomy">Draining</th>
                  <th scope="col" className="num roomy">Down</th>
                  <th scope="col" className="num roomy">Held</th>
                  <th scope="col" className="tight">Out</th>
                  <th scope="col" className="num wide roomy">Revision</th>
                </tr>
              </thead>
              <tbody>
                {arranged.slice(0, shown).map((row) => (
                  <tr key={row.service} className={row.service === selected ? 'selected' : undefined}>
                    <td className="name">
                      <span className="name-line">
                        <Dot health={serviceHealth(row)} />
                        <Link to={`/services?name=${encodeURIComponent(row.service)}`} current={row.service === selected}>
                          {row.service}
                        </Link>
                        {pinned.has(row.service) && <Badge health="warn">pinned</Badge>}
                      </span>
                    </td>
                    <td className="num"><Count value={row.up} health={row.up === 0 ? 'bad' : 'good'} label="up" /></td>
                    <td className="num roomy"><Count value={row.draining} health="warn" label="draining" /></td>
                    <td className="num roomy"><Count value={row.down} health="bad" label="down" /></td>
                    <td className="num roomy"><Count value={row.held} health="warn" label="held" /></td>
                    <td className="tight"><Out row={row} /></td>
                    <td className="num wide roomy quiet">{row.revision}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {arranged.length > shown && (
              <button type="button" className="more" onClick={() => setShown(shown + SHOWN)}>
                Show {Math.min(SHOWN, arranged.length - shown)} more of {arranged.length}
              </button>
            )}
          </div>
        )}
      </section>
      {selected && (
        <ServicePanel
          key={selected}
          service={selected}
          query={props.query}
          watch={watch}
          told={told}
          pinned={pinned.get(selected)}
          onPinned={pins.refresh}
        />
      )}
    </div>
  );
}

/** Beside a service's instances there is no room for a column each: only what is not zero, in words. */
function Out(props: { row: ServiceRow }) {
  const { draining, down, held } = props.row;
  return (
    <>
      {down > 0 && <Badge health="bad">{down} down</Badge>}
      {draining > 0 && <Badge health="warn">{draining} draining</Badge>}
      {held > 0 && <Badge health="warn">{held} held</Badge>}
    </>
  );
}
