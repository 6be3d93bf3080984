// How the signature was checked, byte for byte: the cause first when it failed, then the verdict, what came and what
// should have come, and what was signed.

import type { ExchangeDetail } from '../../../shared/exchange.ts';
import { hashOf } from '../../state/route.ts';
import { useProviderName } from '../../state/use-providers.ts';
import { Card } from '../../ui/card.tsx';
import { ComparedSignatures } from '../../ui/signature/compared-signatures.tsx';
import { SignedBytes } from '../../ui/signature/signed-bytes.tsx';
import { VerdictFacts } from '../../ui/signature/verdict-facts.tsx';
import { Visible } from '../../ui/visible.tsx';
import { Diagnosis } from './diagnosis.tsx';
import { useDiagnosis } from './use-diagnosis.ts';

/** Verdicts after which a right handler is worth a look. */
const failed: ReadonlySet<string> = new Set(['invalid', 'expired', 'future', 'missing', 'malformed']);

/** The tab "Signature". */
export function SignatureTab({ request }: { readonly request: ExchangeDetail }) {
  const { verdict, signature } = request;
  const cause = useDiagnosis(request);
  return (
    <div className="tab-pane" role="region" aria-label="Signature check" tabIndex={0}>
      <Diagnosis state={cause} />
      {request.provider !== null && failed.has(verdict.status) && (
        <p className="soft">
          Same trouble in your own handler?{' '}
          <a href={hashOf({ view: 'help', id: request.provider })}>Verify it properly</a>
        </p>
      )}
      <VerdictCard request={request} />
      {signature !== null && (
        <>
          <ComparedSignatures
            signature={signature}
            valid={verdict.status === 'valid'}
            secretName={verdict.secretName}
          />
          <SignedBytes signature={signature} />
        </>
      )}
    </div>
  );
}

function VerdictCard({ request }: { readonly request: ExchangeDetail }) {
  const { verdict } = request;
  const provider = useProviderName(request.provider);
  const aside = [provider, verdict.scheme].filter((part) => part != null && part !== '');
  return (
    <Card
      title="Verdict"
      aside={
        <span className="cut">
          <Visible text={[...new Set(aside)].join(' · ')} />
        </span>
      }
    >
      <div className="card-body stack">
        <VerdictFacts verdict={verdict} receivedAt={request.receivedAt} label="Verdict" />
        {verdict.reason === 'no-secret' && (
          <div className="soft">
            Add the signing secret to the <a href={hashOf({ view: 'endpoint', id: request.endpoint })}>endpoint</a>, and
            the next request is checked.
          </div>
        )}
      </div>
    </Card>
  );
}
