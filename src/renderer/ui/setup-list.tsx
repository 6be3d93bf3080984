// What to paste where so that a provider's requests arrive here, with the real address filled in.

import type { SetupSteps } from '../../shared/snippets/setup-steps.ts';
import { CopyLine } from './copy-line.tsx';

interface SetupListProps {
  readonly steps: SetupSteps;
  readonly url: string;
  /** The address is reached from this machine only. */
  readonly isLocal: boolean;
  /** Where the secret is entered here. */
  readonly endpointHref: string;
  readonly tunnelHref: string;
}

/** The list "Steps". */
export function SetupList({ steps, url, isLocal, endpointHref, tunnelHref }: SetupListProps) {
  return (
    <ol className="setup-list" aria-label="Steps">
      <li>
        <p>{steps.address}:</p>
        <CopyLine text={url} label="Copy the address" />
        {isLocal && (
          <p className="muted">
            This address is known on this machine only. For a provider on the internet, open a{' '}
            <a href={tunnelHref}>tunnel</a> first.
          </p>
        )}
      </li>
      <li>
        <p>
          Bring the secret here: add it to the <a href={endpointHref}>endpoint</a>, and every signature is checked.
        </p>
        <p className="muted">{steps.secret}.</p>
      </li>
      {steps.first !== null && (
        <li>
          <p>{steps.first}</p>
        </li>
      )}
    </ol>
  );
}
