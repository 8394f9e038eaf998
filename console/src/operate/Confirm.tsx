import { type FormEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { ApiError } from '../api/client';
import { Dialog } from '../ui/Dialog';
import { ago, dateTime } from '../ui/format';
import { Todo } from '../ui/parts';
import { authorProblem, remember, useAuthor } from './author';

/** Who does it and why: every change has both. */
export interface Signed {
  author: string;
  reason: string;
}

/**
 * Asks before something changes: names what will change, wants an author and a reason, and says what went wrong. With
 * `typed` it wants that word too: for what nobody should do half asleep.
 */
export function Confirm(props: {
  title: string;
  action: string;
  typed?: string | null;
  wrong?: string | null;
  onConfirm: (signed: Signed) => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}) {
  const who = useAuthor();
  const [author, setAuthor] = useState(who.remembered);
  const [reason, setReason] = useState('');
  const [word, setWord] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  useEffect(() => {
    const first = document.querySelector<HTMLInputElement>(
      who.remembered === '' ? 'dialog[open] [name=author]' : 'dialog[open] [name=reason]',
    );
    first?.focus();
  }, [who.remembered]);
  const wrong =
    props.wrong ||
    (who.fixed === null ? authorProblem(author) : null) ||
    (reason.trim() === '' ? 'Say why: whoever comes after you reads it.' : null) ||
    (props.typed && word !== props.typed ? `Type ${props.typed} to confirm.` : null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || wrong) {
      return;
    }
    setBusy(true);
    setFailure(null);
    try {
      remember(author.trim());
      await props.onConfirm({ author: who.fixed === null ? author.trim() : '', reason: reason.trim() });
      props.onClose();
    } catch (failed) {
      setFailure(failed instanceof ApiError ? failed : new ApiError(-1, String(failed), ''));
      setBusy(false);
    }
  };

  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form className="dialog-body" onSubmit={submit}>
        {props.children}
        <div className="field-row signed">
          {who.fixed === null ? (
            <TextField label="Your name" name="author" value={author} onChange={setAuthor} most={64} />
          ) : (
            <p className="field">
              <span>By</span>
              <strong>{who.fixed}</strong>
            </p>
          )}
          <TextField label="Why" name="reason" value={reason} onChange={setReason} most={200} hint="goes into the audit log" />
        </div>
        {props.typed && (
          <TextField label={`Type ${props.typed} to confirm`} name="typed" value={word} onChange={setWord} most={200} mono />
        )}
        {failure && (
          <p className="notice notice-bad dialog-notice" role="alert">
            <span>
              <strong>Nothing was changed: {failure.message}</strong> <Todo text={failure.todo} />
            </span>
          </p>
        )}
        <div className="dialog-end">
          <span className="quiet" aria-live="polite">{wrong ?? ''}</span>
          <button type="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" className={props.typed ? 'danger' : 'primary'} disabled={busy || Boolean(wrong)}>
            {busy ? 'Waiting…' : props.action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** A button that changes something: off for those who may only read, and it says why. */
export function OperatorButton(props: {
  label?: string;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  const who = useAuthor();
  return (
    <button
      type="button"
      disabled={!who.isOperator || props.disabled}
      title={who.isOperator ? undefined : 'needs a token with the role operator'}
      aria-label={props.label}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}

/** Until when something holds. */
const ENDS = [
  ['600', 'in 10 minutes'],
  ['3600', 'in an hour'],
  ['28800', 'in 8 hours'],
] as const;

export function EndsField(props: { value: string; onChange: (value: string) => void; never: string }) {
  return (
    <label className="field">
      <span>Ends</span>
      <select name="ends" value={props.value} onChange={(event) => props.onChange(event.target.value)}>
        {[...ENDS, ['', props.never] as const].map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Who said what holds now, when and why. */
export function Said(props: { by: string; atMs: number; reason?: string | null; now: number }) {
  return (
    <>
      {props.by}, <span title={dateTime(props.atMs)}>{ago(props.atMs, props.now)}</span>
      {props.reason && <span className="why-line quiet">{props.reason}</span>}
    </>
  );
}

export function TextField(props: {
  label: string;
  name: string;
  value: string;
  onChange: (value: string) => void;
  most?: number;
  hint?: string;
  mono?: boolean;
  placeholder?: string;
  list?: readonly string[];
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        name={props.name}
        value={props.value}
        maxLength={props.most}
        placeholder={props.placeholder}
        spellCheck={false}
        autoComplete="off"
        className={props.mono ? 'mono' : undefined}
        list={props.list ? `${id}-list` : undefined}
        onChange={(event) => props.onChange(event.target.value)}
      />
      {props.list && (
        <datalist id={`${id}-list`}>
          {props.list.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
      {props.hint && <span className="field-hint quiet">{props.hint}</span>}
    </div>
  );
}
