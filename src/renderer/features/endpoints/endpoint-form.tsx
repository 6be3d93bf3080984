// The fields of an endpoint, what nearly everybody needs first; the rest is folded until it is wanted.

import type { ErrorValue } from '../../../shared/errors.ts';
import type { Endpoint } from '../../../shared/workspace.ts';
import { fieldErrorOf, messageFor } from '../../lib/field-error.ts';
import { Card } from '../../ui/card.tsx';
import type { NewSecret } from '../../ui/secret-picker.tsx';
import { AccessFold } from './access-fold.tsx';
import { AddressCard } from './address-card.tsx';
import type { EndpointEdit } from './form-part.ts';
import { ForwardsCard } from './forwards-card.tsx';
import { ModeCard } from './mode-card.tsx';
import { ReplyEditor } from './reply-editor.tsx';
import { RulesFold } from './rules-fold.tsx';
import { SignatureCard } from './signature-card.tsx';
import './endpoints.css';

interface EndpointFormProps {
  readonly endpoint: Endpoint;
  /** Its path is `/` and stays so. */
  readonly isCatchAll: boolean;
  readonly onChange: (edit: EndpointEdit) => void;
  readonly fresh: NewSecret;
  readonly onFresh: (fresh: NewSecret) => void;
  readonly error: ErrorValue | null;
}

/** Cards with the fields. */
export function EndpointForm({ endpoint, isCatchAll, onChange, fresh, onFresh, error }: EndpointFormProps) {
  const problem = error === null ? null : fieldErrorOf(error);
  // Names and values of secrets are fields of another command; those of the endpoint are `name`, `path` and so on.
  const isSecretProblem = error?.message.startsWith('secrets.set:') === true;
  const at = (field: string): string | null => (isSecretProblem ? null : messageFor(problem, field));
  const part = { endpoint, onChange, at };
  return (
    <>
      <AddressCard {...part} isCatchAll={isCatchAll} />
      <ModeCard {...part} isCatchAll={isCatchAll} />
      <SignatureCard
        {...part}
        fresh={fresh}
        onFresh={onFresh}
        secretProblem={isSecretProblem ? (problem?.message ?? null) : null}
      />
      <Card title="Reply">
        <div className="card-body">
          <ReplyEditor
            reply={endpoint.reply}
            at={(field) => at(`reply.${field}`)}
            onChange={(edit) => onChange((now) => ({ reply: { ...now.reply, ...edit } }))}
          />
        </div>
      </Card>
      <ForwardsCard {...part} />
      <RulesFold {...part} />
      <AccessFold {...part} problem={isSecretProblem ? null : problem} />
    </>
  );
}
