// How a target is treated on the wire: deadlines, pace, order, and where it may lie. Folded, since the defaults serve
// nearly everybody.

import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { Target } from '../../../shared/workspace.ts';
import { plural } from '../../lib/format.ts';
import { changedRules } from '../../lib/target-rules.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Fold } from '../../ui/fold.tsx';
import { NumberField } from '../../ui/number-field.tsx';

interface DeliveryRulesProps {
  readonly target: Target;
  readonly onChange: (edit: Partial<Target>) => void;
  /** What is wrong with a field, or null. */
  readonly at: (field: string) => string | null;
}

const ruleFields = ['connectTimeoutMs', 'totalTimeoutMs', 'concurrency', 'ratePerSecond'];

/** The card "Delivery rules". */
export function DeliveryRules({ target, onChange, at }: DeliveryRulesProps) {
  const [asking, setAsking] = useState(false);
  const changed = changedRules(target);
  return (
    <Fold
      title="Delivery rules"
      aside={changed === 0 ? 'time-outs, pace, redirects, addresses' : `${plural(changed, 'rule')} of your own`}
      needed={ruleFields.some((field) => at(field) !== null)}
    >
      <div className="card-body stack">
        <Numbers target={target} onChange={onChange} at={at} />
        <Checkbox
          label="Strict order"
          description="One delivery after the other, as they were made; a failed one holds up the rest"
          checked={target.strictOrder}
          onChange={(event) => onChange({ strictOrder: event.currentTarget.checked })}
        />
        <Checkbox
          label="Follow redirects"
          description="Up to five; credentials and body never go to another origin. Otherwise a redirect is a failure"
          checked={target.followRedirects}
          onChange={(event) => onChange({ followRedirects: event.currentTarget.checked })}
        />
        <Checkbox
          label="Allow link-local addresses"
          description="169.254.0.0/16 and fe80::/10, where cloud machines keep their metadata and keys"
          checked={target.allowLinkLocal}
          onChange={(event) => {
            if (event.currentTarget.checked) setAsking(true);
            else onChange({ allowLinkLocal: false });
          }}
        />
        <Checkbox
          label="Do not check certificates"
          description={
            target.skipTlsCheck ? (
              <span className="tone-bad">Anybody on the way can read and change what is sent, secrets included</span>
            ) : (
              'For a test machine with a certificate of its own; shown in red wherever the target is'
            )
          }
          checked={target.skipTlsCheck}
          onChange={(event) => onChange({ skipTlsCheck: event.currentTarget.checked })}
        />
      </div>
      <ConfirmDialog
        opened={asking}
        title="Allow link-local addresses"
        confirm="Allow for this target"
        onConfirm={() => onChange({ allowLinkLocal: true })}
        onClose={() => setAsking(false)}
      >
        <p>
          On a cloud machine these addresses answer with the machine’s own credentials. Allow them only if this target
          really is a device or service with such an address.
        </p>
      </ConfirmDialog>
    </Fold>
  );
}

function Numbers({ target, onChange, at }: DeliveryRulesProps) {
  return (
    <div className="form-grid">
      <NumberField
        label="Connect time-out"
        description="Milliseconds"
        placeholder="10000"
        value={target.connectTimeoutMs}
        min={100}
        max={600_000}
        error={at('connectTimeoutMs')}
        onChange={(connectTimeoutMs) => onChange({ connectTimeoutMs })}
      />
      <NumberField
        label="Total time-out"
        description="Milliseconds; empty: the schedule’s own, else 30000"
        placeholder="as the schedule"
        value={target.totalTimeoutMs}
        min={100}
        max={600_000}
        error={at('totalTimeoutMs')}
        onChange={(totalTimeoutMs) => onChange({ totalTimeoutMs })}
      />
      <NumberField
        label="Attempts at once"
        description="1 to 64"
        value={target.concurrency}
        min={1}
        max={64}
        error={at('concurrency')}
        onChange={(concurrency) => concurrency !== null && onChange({ concurrency })}
      />
      <NumberField
        label="Rate"
        description="Attempts per second at most"
        placeholder="no limit"
        value={target.ratePerSecond}
        min={0.01}
        max={10_000}
        error={at('ratePerSecond')}
        onChange={(ratePerSecond) => onChange({ ratePerSecond })}
      />
    </div>
  );
}
