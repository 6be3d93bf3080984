// What should have come beside what came, with the first difference marked; and, of several signatures or secrets, which
// fit which.

import { Minus } from 'lucide-react';
import type { SignatureView } from '../../../shared/exchange.ts';
import { difference } from '../../lib/difference.ts';
import { visibleText } from '../../lib/visible-text.ts';
import type { DifferingText } from '../../lib/difference.ts';
import { Card } from '../card.tsx';
import { ToneIcon } from '../tone-icon.tsx';
import { Visible } from '../visible.tsx';

interface ComparedSignaturesProps {
  readonly signature: SignatureView;
  readonly valid: boolean;
  /** The secret that matched, if one did. */
  readonly secretName: string | undefined;
}

/** Cards side by side; nothing for a scheme that sends the secret itself. */
export function ComparedSignatures({ signature, valid, secretName }: ComparedSignaturesProps) {
  const { received, expected, signatures, algorithm, place } = signature;
  if (isToken(signature)) return null;
  const match =
    expected.find((one) => one.secretName === secretName) ??
    expected.find(({ value }) => value === received) ??
    expected[0];
  // Of several signatures one is right: the others are no difference worth marking.
  const marked = match !== undefined && received !== null && (!valid || signatures.length < 2);
  const parts = marked ? difference(match.value, received) : null;
  return (
    <>
      <div className="two">
        <Card
          title={match ? <Expected name={match.secretName} /> : 'Expected'}
          aside={<span className="nowrap">{algorithm}</span>}
        >
          <div className="code-block">
            {parts && <Differing text={parts.a} tone="ok" />}
            {match && !parts && <Visible text={match.value} />}
            {!match && <span className="muted">{unknownWords(valid, signature)}</span>}
          </div>
        </Card>
        <Card title="Received" aside={<span className="mono cut">{place}</span>}>
          <div className="code-block">
            {parts && <Differing text={parts.b} tone="bad" />}
            {!parts && received !== null && <Visible text={received} />}
            {received === null && <span className="tone-bad">nothing: it was not sent</span>}
          </div>
        </Card>
      </div>
      {signatures.length > 1 && <EachSignature signatures={signatures} />}
      {expected.length > 1 && !valid && <EachSecret expected={expected} />}
    </>
  );
}

/** A long name is cut; the title gives it whole. */
function Expected({ name }: { readonly name: string }) {
  return (
    <span title={visibleText(name)}>
      Expected · “<Visible text={name} />”
    </span>
  );
}

/** The secret itself is sent: there is no signature to compare. */
function isToken({ signatures, expected, signedSize, received }: SignatureView): boolean {
  return received === null && signatures.length === 0 && expected.length === 0 && signedSize === 0;
}

function unknownWords(valid: boolean, { signatures }: SignatureView): string {
  if (valid) return 'checked with the public key: only the sender can compute it';
  return signatures.length > 0 ? 'cannot be computed: no secret, or only a public key' : 'no secret to compute it with';
}

function EachSignature({ signatures }: Pick<SignatureView, 'signatures'>) {
  return (
    <Card title="Each signature that was sent" aside="one that fits is enough">
      <ol className="each" aria-label="Signatures">
        {signatures.map(({ text, secretName }, index) => (
          // The same signature may be sent twice.
          <li key={index}>
            {secretName === null ? <NoMatch /> : <ToneIcon tone="ok" label="Matches" />}
            <span className="mono">
              <Visible text={text} />
            </span>
            <span className="muted">
              {secretName === null ? 'no secret gives it' : <Named name={secretName} before="given by " />}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function EachSecret({ expected }: Pick<SignatureView, 'expected'>) {
  return (
    <Card title="What each secret gives">
      <ul className="each" aria-label="Expected with each secret">
        {expected.map(({ secretName, value }) => (
          <li key={secretName}>
            <NoMatch />
            <span className="mono">
              <Visible text={value} />
            </span>
            <span className="muted">
              <Named name={secretName} before="" />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function NoMatch() {
  return (
    <span className="tone-icon" role="img" aria-label="No match">
      <Minus size={11} strokeWidth={3} aria-hidden="true" />
    </span>
  );
}

function Named({ name, before }: { readonly name: string; readonly before: string }) {
  return (
    <>
      {before}“<Visible text={name} />”
    </>
  );
}

function Differing({ text, tone }: { readonly text: DifferingText; readonly tone: 'ok' | 'bad' }) {
  return (
    <>
      <Visible text={text.before} />
      {text.differs !== '' && (
        <span className={`differs-${tone}`}>
          <Visible text={text.differs} />
        </span>
      )}
      <Visible text={text.after} />
    </>
  );
}
