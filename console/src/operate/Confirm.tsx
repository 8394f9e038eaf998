import { type FormEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { ApiError } from '../api/client';
import { Dialog } from '../ui/Dialog';
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
