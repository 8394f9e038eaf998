import { type ReactNode, useEffect, useRef } from 'react';

/** A dialog over the page: the browser keeps the keyboard inside it, Escape closes it. */
export function Dialog(props: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    if (shown && !shown.open) {
      shown.showModal();
    }
  }, []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="dialog-title" onClose={props.onClose}>
      <div className="dialog-head">
        <h2 id="dialog-title">{props.title}</h2>
        <button type="button" className="plain icon" aria-label="Close" onClick={() => dialog.current?.close()}>
          <span aria-hidden="true">✕</span>
        </button>
      </div>
      {props.children}
    </dialog>
  );
}
