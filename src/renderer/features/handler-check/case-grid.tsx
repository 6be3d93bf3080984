// The cases of a check as they come in. A table of its own, since sentences take as many lines as they need, which a
// virtual list of equal rows cannot give; there are never more than some dozens.

import { useId, useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { CheckCase } from '../../../shared/trials.ts';
import { answerWords, caseName, caseState, caseTones, expectedWords } from '../../lib/check-words.ts';
import { ToneIcon } from '../../ui/tone-icon.tsx';
import { Visible } from '../../ui/visible.tsx';

/** The grid "Cases"; arrows, Home and End move the current row. */
export function CaseGrid({ cases }: { readonly cases: readonly CheckCase[] }) {
  const id = useId();
  const [current, setCurrent] = useState(0);
  const index = Math.min(current, cases.length - 1);

  const move = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      Home: -cases.length,
      End: cases.length,
    };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(cases.length - 1, index + step));
    setCurrent(next);
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <div className="card case-card">
      <div
        role="grid"
        className="case-grid"
        aria-label="Cases"
        aria-rowcount={cases.length + 1}
        aria-activedescendant={`${id}-${index}`}
        tabIndex={0}
        onKeyDown={move}
      >
        <div role="row" className="case-row case-head">
          <span role="columnheader">Result</span>
          <span role="columnheader">Case</span>
          <span role="columnheader">Expected</span>
          <span role="columnheader">Answer</span>
          <span role="columnheader">What it means</span>
        </div>
        {cases.map((one, n) => (
          <CaseRow key={one.name} one={one} id={`${id}-${n}`} current={n === index} onCurrent={() => setCurrent(n)} />
        ))}
      </div>
    </div>
  );
}

interface CaseRowProps {
  readonly one: CheckCase;
  readonly id: string;
  readonly current: boolean;
  readonly onCurrent: () => void;
}

function CaseRow({ one, id, current, onCurrent }: CaseRowProps) {
  const state = caseState(one);
  const tone = caseTones[state];
  return (
    <div
      role="row"
      id={id}
      className={`case-row ${state}`}
      aria-label={caseName(one)}
      aria-selected={current}
      onClick={onCurrent}
    >
      <span role="gridcell" className={`case-state tone-${tone}`}>
        <ToneIcon tone={tone} />
        {state}
      </span>
      <span role="gridcell">
        <b>{one.title}</b>
        <span className="case-sent muted">{one.sent}</span>
      </span>
      <span role="gridcell" className="soft">
        {expectedWords[one.expected]}
      </span>
      <span role="gridcell" className="mono">
        {answerWords(one)}
      </span>
      <span role="gridcell" className={state === 'fail' ? '' : 'soft'}>
        <Visible text={one.message} />
        {one.fault !== undefined && <span className="badge bad case-fault">{one.fault}</span>}
      </span>
    </div>
  );
}
