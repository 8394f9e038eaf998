import { type ReactNode, useCallback, useState } from 'react';
import { ApiError } from '../api/client';
import { Todo } from '../ui/parts';

/** What was just done, and how to take it back. */
export interface Deed {
  words: string;
  undo: () => Promise<void>;
}

/** What was just done, to show it, and how to say so. `refresh` runs when it is undone or closed, and when it is said. */
export function useDone(refresh: () => void): [ReactNode, (deed: Deed) => void] {
  const [deed, setDeed] = useState<Deed | null>(null);
  const done = useCallback(
    (next: Deed) => {
      setDeed(next);
      refresh();
    },
    [refresh],
  );
  const close = () => {
    setDeed(null);
    refresh();
  };
  // another deed is another notice: what failed about the last one is over
  return [deed && <Done key={deed.words} deed={deed} onClose={close} />, done];
}

function show(notice: HTMLElement | null): void {
  notice?.scrollIntoView({ block: 'nearest' });
}

/** Stays until it is closed: whoever was interrupted finds the way back. */
function Done(props: { deed: Deed; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const undo = async () => {
    setBusy(true);
    try {
      await props.deed.undo();
      props.onClose();
    } catch (failed) {
      setFailure(failed instanceof ApiError ? failed : new ApiError(-1, String(failed), ''));
      setBusy(false);
    }
  };
  return (
    <div className="notice notice-done" role="status" ref={show}>
      <span>
        <strong>Done:</strong> {props.deed.words}
        {failure && (
          <span className="problem" role="alert">
            {' '}
            It could not be undone: {failure.message} <Todo text={failure.todo} />
          </span>
        )}
      </span>
      <span className="notice-buttons">
        <button type="button" disabled={busy} onClick={() => void undo()}>
          Undo
        </button>
        <button type="button" className="plain icon" aria-label="Close" onClick={props.onClose}>
          <span aria-hidden="true">✕</span>
        </button>
      </span>
    </div>
  );
}
