import { useId, useState } from 'react';
import { ApiError, getJson } from '../api/client';
import type { LookupAnswer, PinnedAnswer } from '../api/types';
import { usePolling } from '../api/usePolling';
import { Confirm, EndsField, type Signed, TextField } from '../operate/Confirm';
import type { Deed } from '../operate/Done';
import { address } from '../services/logic';
import { PollState } from '../ui/parts';
import { ROUTER, everywhere, pin, pinAgain, undoing, unpin } from './api';
import { exchange, few, parsePinned, pinnedText } from './logic';

const NOBODY: LookupAnswer = { service: '', source: 'none', instances: [] };

/** What is answered for a name now; nobody where no source knows it. */
async function lookup(service: string, signal: AbortSignal): Promise<LookupAnswer> {
  try {
    return await getJson(`${ROUTER}/lookup?${new URLSearchParams({ all: 'true', service })}`, signal);
  } catch (failure) {
    if (failure instanceof ApiError && failure.status === 404) {
      return NOBODY;
    }
    throw failure;
  }
}

async function names(signal: AbortSignal): Promise<string[]> {
  const page = await getJson<{ services: { service: string }[] }>(`${ROUTER}/services?limit=1000`, signal);
  return page.services.map((each) => each.service);
}

function nowWords(now: LookupAnswer, callable: number): string {
  return now.source === 'none'
    ? 'No source knows this name now'
    : `${callable} can be called now, from the source “${now.source}”`;
}

/** Pins a name to a list of addresses, or changes such a list; says what callers lose and gain. */
export function PinDialog(props: {
  before: PinnedAnswer | null;
  service?: string;
  onDone: (deed: Deed) => void;
  onClose: () => void;
}) {
  const { before } = props;
  const [service, setService] = useState(before?.service ?? props.service ?? '');
  const [text, setText] = useState(pinnedText(before?.instances ?? []));
  const [isEmptied, setEmptied] = useState(before?.instances.length === 0);
  const [ends, setEnds] = useState('3600');
  const id = useId();
  const known = usePolling('names', names, 60_000);
  const name = service.trim();
  const polled = usePolling(/^\/[^\s?#]+[^/\s?#]$/.test(name) ? `pin ${name}` : null, (signal) => lookup(name, signal), 5000);
  const now = polled.data;
  const callable = (now?.instances ?? []).filter((each) => each.status === 'UP');
  const parsed = parsePinned(text, now?.instances);
  const then = typeof parsed === 'string' ? [] : parsed.map(address);
  const { lost, gained } = exchange(callable.map(address), then);
  const isEmpty = typeof parsed !== 'string' && parsed.length === 0;
  const isNobody = isEmpty && isEmptied;
  const wrong =
    name === ''
      ? 'Which name?'
      : typeof parsed === 'string'
        ? parsed
        : isEmpty && !isEmptied
          ? 'Which addresses? One a line.'
          : now || polled.error
            ? null
            : 'Asking what is answered now…';

  const put = async (signed: Signed) => {
    if (typeof parsed === 'string') {
      return;
    }
    const earlier = await getJson<{ pinned: PinnedAnswer[] }>(`${ROUTER}/pinned?${new URLSearchParams({ service: name })}`);
    const answer = await pin(name, parsed, ends === '' ? null : Number(ends), signed);
    const previous = earlier.pinned[0];
    props.onDone({
      words: `${name} is answered with ${isNobody ? 'nobody' : few(then)}${everywhere(answer)}`,
      undo: async () => (previous ? pinAgain(previous, signed.author) : void (await unpin(name, undoing(signed.author)))),
    });
  };
  return (
    <Confirm
      title={before ? `Change the answer for ${before.service}` : 'Pin a name'}
      action={isNobody ? 'Answer with nobody' : `Answer with ${then.length}`}
      wrong={wrong}
      typed={isNobody && name !== '' ? name : null}
      onConfirm={put}
      onClose={props.onClose}
    >
      {!before && (
        <TextField label="Name" name="service" value={service} onChange={setService} placeholder="/service/user" list={known.data ?? []} mono />
      )}
      <div className="field">
        <label htmlFor={id}>Addresses, one a line</label>
        <textarea
          id={id}
          name="addresses"
          rows={4}
          value={text}
          spellCheck={false}
          placeholder={'10.0.0.9:7000\n10.0.0.10:7000 weight=50 zone=west'}
          onChange={(event) => setText(event.target.value)}
        />
        <span className="field-hint quiet">
          An address that is answered now keeps its zone, version, tags and weight.{' '}
          {callable.length > 0 && (
            <button type="button" className="inline" onClick={() => setText(callable.map(address).join('\n'))}>
              Fill in the {callable.length} of now
            </button>
          )}
        </span>
        {isEmpty && (
          <label>
            <input type="checkbox" name="nobody" checked={isEmptied} onChange={(event) => setEmptied(event.target.checked)} /> answer
            with nobody: every call fails
          </label>
        )}
      </div>
      <EndsField value={ends} onChange={setEnds} never="when somebody takes it back" />
      <div className="will" aria-live="polite">
        <strong>What callers will see</strong>
        {polled.error && <PollState polled={polled} what="what is answered now" />}
        {now && (typeof parsed === 'string' || (isEmpty && !isEmptied)) && (
          <p>{nowWords(now, callable.length)}.</p>
        )}
        {!now && !polled.error && <p className="quiet">Give a name and addresses.</p>}
        {now && typeof parsed !== 'string' && (!isEmpty || isEmptied) && (
          <>
            <p className={isNobody ? 'text-bad strong' : undefined}>
              {nowWords(now, callable.length)}; {parsed.length} then.{isNobody && ' Every call to it will fail.'}
            </p>
            <ul className="will-list">
              {lost.length > 0 && (
                <li className="exchange">
                  <span className="diff-sign diff-removed" aria-hidden="true">−</span>
                  <span>no longer: {few(lost, 6)}</span>
                </li>
              )}
              {gained.length > 0 && (
                <li className="exchange">
                  <span className="diff-sign diff-added" aria-hidden="true">+</span>
                  <span>new: {few(gained, 6)}</span>
                </li>
              )}
              {!isNobody && lost.length === 0 && gained.length === 0 && <li>The same addresses as now.</li>}
            </ul>
            <p className="quiet">From then on who starts, stops or fails changes nothing: callers get this list as it is.</p>
          </>
        )}
      </div>
    </Confirm>
  );
}
