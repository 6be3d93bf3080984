// The ways out of the Inbox and into it: a file of what the filter shows, of what was chosen by hand, and a file of
// another tool.

import { Button } from '@mantine/core';
import { Download, Upload } from 'lucide-react';
import { formatCount } from '../../lib/format.ts';
import { useActions } from '../../state/use-app.ts';

/** Most requests that can be chosen for one file. */
const mostChosen = 10_000;

/** The link "Import" and the button "Export". */
export function FileButtons() {
  const actions = useActions();
  return (
    <>
      <Button component="a" href="#/import" aria-label="Import" title="Import" px={8}>
        <Upload size={14} aria-hidden="true" />
      </Button>
      <Button aria-label="Export" title="Export" px={8} onClick={() => actions.showExport({ ids: null })}>
        <Download size={14} aria-hidden="true" />
      </Button>
    </>
  );
}

/** The button "Export chosen"; `ids` in the order in which they are to be written. */
export function ExportChosen({ ids }: { readonly ids: readonly string[] }) {
  const actions = useActions();
  return (
    <Button
      size="compact-sm"
      disabled={ids.length > mostChosen}
      title={ids.length > mostChosen ? `At most ${formatCount(mostChosen)}: use a filter for more` : undefined}
      onClick={() => actions.showExport({ ids })}
    >
      Export chosen
    </Button>
  );
}
