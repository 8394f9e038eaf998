import { useEffect, useState } from 'react';
import { Dialog } from '../ui/Dialog';
import { go } from '../ui/route';

const PLACES: Record<string, [string, string]> = {
  s: ['/services', 'services'],
  m: ['/methods', 'methods'],
  r: ['/routing', 'routing'],
  a: ['/audit', 'audit log'],
  t: ['/try', 'try it'],
};

const CHORD_MS = 1500;

/** The keyboard: g and a letter go to a page, j and k through its rows, / filters, ? shows this. */
export function Keys() {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    let wentAt = 0;
    const key = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const isTyping = /^(input|textarea|select)$/i.test(target.tagName) && (target as HTMLInputElement).type !== 'radio';
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) {
        return;
      }
      const place = PLACES[event.key];
      if (place && performance.now() - wentAt < CHORD_MS) {
        wentAt = 0;
        go(place[0]);
      } else if (event.key === 'g') {
        wentAt = performance.now();
      } else if (event.key === 'j' || event.key === 'k') {
        step(event.key === 'j' ? 1 : -1);
      } else if (event.key === '?') {
        setShown(true);
      } else if (event.key === '/') {
        const box = document.querySelector<HTMLInputElement>('[data-filter]');
        if (box) {
          event.preventDefault();
          box.focus();
        }
      }
    };
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  }, []);
  if (!shown) {
    return null;
  }
  return (
    <Dialog title="Keys" onClose={() => setShown(false)}>
      <dl className="keys dialog-body">
        {Object.entries(PLACES).map(([letter, [, words]]) => (
          <div key={letter}>
            <dt>
              <kbd>g</kbd> <kbd>{letter}</kbd>
            </dt>
            <dd>to {words}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>j</kbd> <kbd>k</kbd>
          </dt>
          <dd>next row, row before; Enter opens it</dd>
        </div>
        <div>
          <dt>
            <kbd>/</kbd>
          </dt>
          <dd>filter</dd>
        </div>
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>close a dialog, nothing is changed</dd>
        </div>
      </dl>
    </Dialog>
  );
}

function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('tbody tr a, tbody tr button')].filter(
    (each, place, all) => place === 0 || all[place - 1]!.closest('tr') !== each.closest('tr'),
  );
  const at = rows.findIndex((row) => row.closest('tr') === document.activeElement?.closest('tr'));
  rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + by))]?.focus();
}
