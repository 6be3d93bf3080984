// Who signs the requests, and with which secrets.

import type { ErrorValue } from '../../../shared/errors.ts';
import { ownTolerance } from '../../lib/known-providers.ts';
import { hashOf } from '../../state/route.ts';
import { useApp } from '../../state/use-app.ts';
import { useKeyPairs } from '../../state/use-key-pairs.ts';
import { useProvider, useProviderChoices } from '../../state/use-providers.ts';
import { Card } from '../../ui/card.tsx';
import { KeyPairButtons } from '../../ui/key-pair-buttons.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { ProviderHelp } from '../../ui/provider-help.tsx';
import { SecretPicker } from '../../ui/secret-picker.tsx';
import type { NewSecret } from '../../ui/secret-picker.tsx';
import type { FormPart } from './form-part.ts';
import { GenericFields } from './generic-fields.tsx';

interface SignatureCardProps extends FormPart {
  readonly fresh: NewSecret;
  readonly onFresh: (fresh: NewSecret) => void;
  /** What is wrong with the new secret, or null. */
  readonly secretProblem: ErrorValue['message'] | null;
}

const detected = { value: '', label: 'Detect from the headers' };

/** The card "Signature". */
export function SignatureCard(props: SignatureCardProps) {
  const { endpoint, onChange, at, fresh, onFresh, secretProblem } = props;
  const stored = useApp((state) => state.mirror.secrets);
  const provider = useProvider(endpoint.provider);
  const providers = useProviderChoices();
  const pairs = useKeyPairs();
  const tolerance = ownTolerance(provider);
  return (
    <Card title="Signature">
      <div className="card-body stack">
        <div className="form-grid">
          <ChoiceField
            label="Provider"
            value={endpoint.provider ?? ''}
            choices={[detected, ...providers]}
            description={
              <ProviderHelp
                href={hashOf({ view: 'schemes' })}
                {...(provider === undefined ? {} : { setupHref: hashOf({ view: 'help', id: provider.id }) })}
              />
            }
            error={at('provider')}
            onChange={(id) => onChange({ provider: id === '' ? null : id })}
          />
          <NumberField
            label="Tolerance"
            description="Seconds between signing and arrival"
            placeholder={tolerance === null ? 'the provider’s own' : `the provider’s own: ${tolerance}`}
            value={endpoint.toleranceSeconds}
            min={0}
            error={at('toleranceSeconds')}
            onChange={(toleranceSeconds) => onChange({ toleranceSeconds })}
          />
        </div>
        <SecretPicker
          chosen={endpoint.secretNames}
          stored={stored.map(({ name }) => name)}
          onChange={(secretNames) => onChange({ secretNames })}
          multiple
          fresh={fresh}
          onFresh={onFresh}
          hint={provider?.secretHint ?? 'The text that the sender signs with'}
          error={secretProblem ?? at('secretNames')}
          extra={
            <KeyPairButtons
              provider={provider}
              names={endpoint.secretNames}
              pairs={pairs}
              onMade={(name) => onChange((now) => ({ secretNames: [...now.secretNames, name] }))}
            />
          }
        />
        {endpoint.provider === 'generic' && (
          <GenericFields options={endpoint.generic} onChange={(generic) => onChange({ generic })} />
        )}
      </div>
    </Card>
  );
}
