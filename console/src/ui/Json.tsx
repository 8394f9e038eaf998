import { Fragment, type ReactNode } from 'react';

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;
const MOST = 20_000;

/** JSON for people: indented, coloured, cut where it would slow the page down. `raw` is text that is not JSON. */
export function Json(props: { value: unknown; raw?: boolean }) {
  const text = props.raw ? String(props.value) : (JSON.stringify(props.value, null, 2) ?? '');
  const cut = text.length > MOST;
  return (
    <pre className="json" tabIndex={0}>
      {colour(cut ? text.slice(0, MOST) : text)}
      {cut && <span className="quiet">{`\n… ${(text.length - MOST).toLocaleString('en')} more characters`}</span>}
    </pre>
  );
}

function colour(text: string): ReactNode[] {
  const pieces: ReactNode[] = [];
  let last = 0;
  for (const match of text.matchAll(TOKEN)) {
    const kind = match[1] ? (match[2] ? 'json-key' : 'json-text') : match[3] ? 'json-word' : 'json-number';
    const piece = match[1] ?? match[0];
    pieces.push(
      <Fragment key={match.index}>
        {text.slice(last, match.index)}
        <span className={kind}>{piece}</span>
      </Fragment>,
    );
    last = match.index + piece.length;
  }
  pieces.push(text.slice(last));
  return pieces;
}
