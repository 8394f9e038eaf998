import { useState } from 'react';
import type { Instance, Override } from '../api/types';
import { Confirm } from '../operate/Confirm';
import type { Deed } from '../operate/Done';
import { lift, putAgain } from '../operate/OverrideDialog';
import { arrangeOverrides, covers, effectWords, scopeWords } from '../operate/logic';
import { ago, dateTime, duration } from '../ui/format';
import { Badge, Empty } from '../ui/parts';
import { useNow } from '../ui/useNow';

/** What operators, and the prober, want of the instances instead of what these say. */
export function OverridesPanel(props: {
  overrides: readonly Override[];
  instances: readonly Instance[];
  canLift: boolean;
  onDone: (deed: Deed) => void;
}) {
  const now = useNow();
  const [lifting, setLifting] = useState<Override | null>(null);
  if (props.overrides.length === 0) {
    return (
      <Empty title="Nothing is overridden: every instance is listed as it says of itself.">
        <p>“Override…” takes instances out, changes weights or tags, for as long as you say. Lifting it gives back what they say.</p>
      </Empty>
    );
  }
  const take = async (override: Override, signed: { author: string; reason: string }) => {
    await lift(override, signed);
    props.onDone({
      words: `lifted: ${scopeWords(override.scope, props.instances)} ${effectWords(override.set)}.`,
      undo: () => putAgain(override, signed.author),
    });
  };
  return (
    <>
      <div className="table-scroll">
        <table className="table stack">
          <thead>
            <tr>
              <th scope="col">Which</th>
              <th scope="col">Is listed with</th>
              <th scope="col">By</th>
              <th scope="col">Why</th>
              <th scope="col">Since</th>
              <th scope="col">Ends</th>
              <th scope="col">
                <span className="visually-hidden">Lift</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {arrangeOverrides(props.overrides).map((each) => (
              <tr key={each.id}>
                <td className="mono strong" title={each.id}>
                  {scopeWords(each.scope, props.instances)}
                </td>
                <td data-label="Is listed with">{effectWords(each.set)}</td>
                <td data-label="By">
                  {each.kind === 'PROBE' ? <Badge health="warn">prober</Badge> : each.author}
                </td>
                <td className="why" data-label="Why">
                  {each.reason}
                </td>
                <td className="nowrap" data-label="Since" title={dateTime(each.createdAtMs)}>
                  {ago(each.createdAtMs, now)}
                </td>
                <td className="nowrap" data-label="Ends">
                  {each.expiresAtMs ? `in ${duration(each.expiresAtMs - now)}` : 'when it is lifted'}
                </td>
                <td className="end">
                  {each.kind === 'OPERATOR' && props.canLift && (
                    <button type="button" onClick={() => setLifting(each)}>
                      Lift…
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {lifting && (
        <Confirm
          title="Lift an override"
          action="Lift it"
          onConfirm={(signed) => take(lifting, signed)}
          onClose={() => setLifting(null)}
        >
          <div className="will">
            <strong>What will change</strong>
            <p>
              {scopeWords(lifting.scope, props.instances)} is listed as it says of itself again:{' '}
              {props.instances.filter((each) => covers(lifting.scope, each)).length} instances. {lifting.author} put it in{' '}
              {ago(lifting.createdAtMs, now)}: “{lifting.reason}”.
            </p>
          </div>
        </Confirm>
      )}
    </>
  );
}
