// Why a check failed and what to change: each cause as a card, with a recipe for the raw body where the body was
// altered on its way.

import { Lightbulb, SearchX } from 'lucide-react';
import type { Finding } from '../../../shared/exchange.ts';
import { Visible } from '../../ui/visible.tsx';
import { RawBodyRecipe } from './raw-body-recipe.tsx';
import type { DiagnosisState } from './use-diagnosis.ts';

/** The list "Diagnosis", or how far the search for the cause has come. */
export function Diagnosis({ state }: { readonly state: DiagnosisState }) {
  if (state.kind === 'none') return null;
  if (state.kind !== 'found') {
    const words = state.kind === 'looking' ? 'Looking for the cause…' : state.message;
    return (
      <div role="status" aria-label="Search for the cause" className="muted diagnosis-wait">
        {words}
      </div>
    );
  }
  const firstBody = state.findings.findIndex(({ code }) => code.startsWith('body-'));
  return (
    <ul className="findings" aria-label="Diagnosis">
      {state.findings.map((finding, index) => (
        // Two causes may have the same code: two headers that are missing.
        <li key={index} className={finding.code === 'no-known-cause' ? 'card' : 'card finding'}>
          <FindingWords finding={finding} />
          {index === firstBody && <RawBodyRecipe />}
        </li>
      ))}
    </ul>
  );
}

function FindingWords({ finding }: { readonly finding: Finding }) {
  const known = finding.code !== 'no-known-cause';
  const Icon = known ? Lightbulb : SearchX;
  return (
    <div className="finding-words">
      <span className={known ? 'finding-icon' : 'finding-icon unknown'}>
        <Icon size={15} aria-hidden="true" />
      </span>
      <div>
        <strong>
          <Visible text={finding.message} />
        </strong>
        {finding.mend !== '' && (
          <p>
            <Visible text={finding.mend} />
          </p>
        )}
        <p className="mono muted finding-code">{finding.code}</p>
      </div>
    </div>
  );
}
