// Tries a scheme, saved or not, on a captured request with a stored secret, and shows how the check went.

import { Button } from '@mantine/core';
import { useState } from 'react';
import type { CommandOutput } from '../../../shared/contract.ts';
import type { CustomScheme } from '../../../shared/custom-scheme.ts';
import type { ExchangeSummary } from '../../../shared/exchange.ts';
import { formatTime } from '../../lib/format.ts';
import { fieldErrorOf } from '../../lib/field-error.ts';
import { isPairScheme } from '../../lib/scheme-words.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { titleOf } from '../../lib/words.ts';
import { saveSecret } from '../../state/save-secret.ts';
import { useApp, useServices } from '../../state/use-app.ts';
import { Card } from '../../ui/card.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';
import { noNewSecret, SecretPicker } from '../../ui/secret-picker.tsx';
import { ComparedSignatures } from '../../ui/signature/compared-signatures.tsx';
import { SignedBytes } from '../../ui/signature/signed-bytes.tsx';
import { VerdictFacts } from '../../ui/signature/verdict-facts.tsx';
import { showError } from '../../ui/toast.tsx';

interface SchemeTestProps {
  /** As it is edited. */
  readonly scheme: CustomScheme;
  /** It is known to the host under its id. */
  readonly saved: boolean;
  /** Whether it can be tried; shows what is wrong otherwise. */
  readonly check: () => boolean;
}

interface TestResult {
  readonly value: CommandOutput<'schemes.test'>;
  readonly receivedAt: number;
  /** Text of the scheme that was tried. */
  readonly of: string;
}

const offered = 50;

/** The form "Test on a request". */
export function SchemeTest({ scheme, saved, check }: SchemeTestProps) {
  const { bridge } = useServices();
  const rows = useApp((state) => state.mirror.rows);
  const secrets = useApp((state) => state.mirror.secrets);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [names, setNames] = useState(() => secrets.filter((one) => one.provider === scheme.id).map(({ name }) => name));
  const [fresh, setFresh] = useState(noNewSecret);
  const [problem, setProblem] = useState<string | null>(null);
  const [result, setResult] = useState<TestResult | null>(null);
  const [busy, setBusy] = useState(false);
  const recent = rows.slice(0, offered);
  const request = recent.find(({ id }) => id === chosenId) ?? recent[0];
  const text = JSON.stringify(scheme);

  const test = async (): Promise<void> => {
    if (request === undefined || !check()) return;
    setBusy(true);
    const owner = { name: scheme.name, provider: saved ? scheme.id : null };
    const secret = await saveSecret(bridge, fresh, owner, secrets);
    if (!secret.ok) {
      setBusy(false);
      setProblem(fieldErrorOf(secret.error)?.message ?? secret.error.message);
      return;
    }
    const secretNames = secret.value === null ? names : [secret.value];
    setNames(secretNames);
    setFresh(noNewSecret);
    const answer = await bridge.call('schemes.test', { scheme, requestId: request.id, secretNames });
    setBusy(false);
    if (answer.ok) setResult({ value: answer.value, receivedAt: request.receivedAt, of: text });
    else showError(answer.error);
  };

  return (
    <form
      className="stack"
      aria-label="Test on a request"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void test();
      }}
    >
      <Card title="Test on a request" aside="nothing is saved but a new secret">
        {request === undefined ? (
          <div className="card-body muted">
            Nothing was captured yet. Send a request here, and try the scheme on it.
          </div>
        ) : (
          <div className="card-body stack">
            <ChoiceField
              label="Request"
              value={request.id}
              choices={recent.map((row) => ({ value: row.id, label: rowLabel(row) }))}
              onChange={setChosenId}
            />
            <SecretPicker
              chosen={names}
              stored={secrets.map(({ name }) => name)}
              onChange={setNames}
              multiple={false}
              fresh={fresh}
              onFresh={(typed) => {
                setProblem(null);
                setFresh(typed);
              }}
              hint={isPairScheme(scheme) ? 'The public key in PEM' : 'The shared secret'}
              error={problem}
            />
            <div className="form-actions">
              <Button type="submit" loading={busy}>
                Test
              </Button>
              {result !== null && result.of !== text && (
                <span className="muted">The scheme was changed since this result.</span>
              )}
            </div>
          </div>
        )}
      </Card>
      {result !== null && <Result result={result} />}
    </form>
  );
}

function rowLabel(row: ExchangeSummary): string {
  return `${formatTime(row.receivedAt, Date.now())}  ${visibleText(row.method)} ${titleOf(row)}`;
}

function Result({ result }: { readonly result: TestResult }) {
  const { verdict, signature } = result.value;
  return (
    <>
      <Card title="Result">
        <div className="card-body stack">
          <VerdictFacts verdict={verdict} receivedAt={result.receivedAt} label="Test result" />
        </div>
      </Card>
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
    </>
  );
}
