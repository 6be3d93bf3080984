// Tries a handler out: good and deliberately bad deliveries, one after the other, and for each whether the handler did
// what a right one does.

import { Button, Checkbox } from '@mantine/core';
import { Play, Square } from 'lucide-react';
import { useState } from 'react';
import type { MouseEvent } from 'react';
import type { CheckRun } from '../../../shared/trials.ts';
import { missingInCheck } from '../../lib/check-form.ts';
import type { MissingField } from '../../lib/check-form.ts';
import { caseState, checkCounts, checkSummary } from '../../lib/check-words.ts';
import { formatDuration, plural, shortUrl } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { chosenTarget } from '../../state/trial-actions.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { useProviderName } from '../../state/use-providers.ts';
import { Page } from '../../ui/page.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { showDone, showError, valueOrTell } from '../../ui/toast.tsx';
import { ToneIcon } from '../../ui/tone-icon.tsx';
import { CaseGrid } from './case-grid.tsx';
import { CheckFields } from './check-fields.tsx';
import './handler-check.css';

/** The view "Handler check". */
export function HandlerCheck() {
  const { check: form, checkId, checkError } = useApp((state) => state.trials);
  const run = useApp((state) => (state.mirror.check?.id === state.trials.checkId ? state.mirror.check : null));
  const target = useApp(chosenTarget);
  const actions = useActions();
  const { bridge } = useServices();
  const [tried, setTried] = useState<MissingField | null>(null);
  const running = checkId !== null && run?.done !== true;

  const start = (): void => {
    const missing = missingInCheck(form, target);
    setTried(missing);
    if (missing === null && !running) void actions.runCheck();
  };
  const stop = async (): Promise<void> => {
    const error = await actions.stopCheck();
    if (error !== null) showError(error);
  };
  /** The second click of a double click on Run must not stop what it began. */
  const stopOnce = (event: MouseEvent): void => {
    if (event.detail < 2) void stop();
  };
  const saveReport = async (runId: string): Promise<void> => {
    const saved = valueOrTell(await bridge.call('check.save', { runId }));
    if (saved !== null) showDone('Report saved', saved.path);
  };
  return (
    <form
      className="page"
      aria-label="Handler check"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <Page
        title="Handler check"
        meta={run === null ? 'Good and deliberately bad deliveries, each judged' : <RunWords run={run} />}
        actions={
          <>
            {run?.done === true && <Button onClick={() => void saveReport(run.id)}>Save JUnit</Button>}
            {running ? (
              <Button leftSection={<Square size={12} aria-hidden="true" />} onClick={stopOnce}>
                Stop
              </Button>
            ) : (
              <Button type="submit" variant="filled" leftSection={<Play size={14} aria-hidden="true" />}>
                {run === null ? 'Run' : 'Run again'}
              </Button>
            )}
          </>
        }
      >
        <CheckFields
          missing={tried}
          error={checkError}
          disabled={running}
          onEdit={(change) => {
            setTried(null);
            actions.editCheck(change);
          }}
        />
        {checkError !== null && (
          <div className="banner bad" role="alert">
            <ToneIcon tone="bad" />
            <div className="grow">
              <b>{checkError.message}</b>
              <p>{checkError.hint}</p>
            </div>
          </div>
        )}
        {checkId === null && checkError === null && <Introduction />}
        {checkId !== null && <Progress run={run} running={running} />}
        {run !== null && run.cases.length > 0 && <Cases key={run.id} run={run} />}
      </Page>
    </form>
  );
}

function RunWords({ run }: { readonly run: CheckRun }) {
  const provider = useProviderName(run.provider);
  const spent = run.cases.reduce((sum, { ms }) => sum + ms, 0);
  const parts = [
    visibleText(shortUrl(run.url)),
    ...(provider === null ? [] : [visibleText(provider)]),
    `${plural(run.cases.length, 'case')}${run.done ? `, ${formatDuration(spent)} of answering` : ''}`,
  ];
  return <>{parts.join(' · ')}</>;
}

/** What is happening, or what came out. */
function Progress({ run, running }: { readonly run: CheckRun | null; readonly running: boolean }) {
  if (run === null || running) {
    const counts = checkCounts(run?.cases ?? []);
    const done = run?.cases.length ?? 0;
    return (
      <div className="check-progress" role="status" aria-label="Summary">
        <div className="row-line">
          <b className="grow">{run === null ? 'Starting…' : `Case ${Math.min(done + 1, run.total)} of ${run.total}`}</b>
          <span className="muted">
            {counts.passed} passed, {counts.failed} failed
          </span>
        </div>
        <ProgressBar label="Cases" value={done} of={run?.total ?? 0} />
      </div>
    );
  }
  const summary = checkSummary(run);
  return (
    <div className={`banner ${summary.tone}`} role="status" aria-label="Summary">
      <ToneIcon tone={summary.tone} />
      <div className="grow">
        <b>{summary.title}</b>
        {summary.detail !== '' && <p>{summary.detail}</p>}
      </div>
    </div>
  );
}

/** All cases, or once the check has ended those that failed. */
function Cases({ run }: { readonly run: CheckRun }) {
  const [failedOnly, setFailedOnly] = useState(false);
  const failed = run.cases.filter((one) => caseState(one) === 'fail');
  const canChoose = run.done && failed.length > 0 && failed.length < run.cases.length;
  return (
    <>
      {canChoose && (
        <Checkbox
          label={`Only the ${plural(failed.length, 'case')} that failed`}
          checked={failedOnly}
          onChange={(event) => setFailedOnly(event.currentTarget.checked)}
        />
      )}
      <CaseGrid cases={canChoose && failedOnly ? failed : run.cases} />
    </>
  );
}

function Introduction() {
  return (
    <div className="check-intro soft">
      <p>
        About thirty cases go to your handler: valid ones, forged ones, the same id again, old and future time stamps,
        odd and huge bodies, twenty at once. The events carry the provider’s sample, so point this at a handler that may
        act on them.
      </p>
      <p>
        With an idempotency URL or header the check can also see whether a repeated event was worked on twice; without
        one it can only look at the answers.
      </p>
    </div>
  );
}
