// Captured requests as a file: which, in which format, with or without secrets, and how the file will look. Secrets are
// masked unless the person says otherwise here.

import { Button, Checkbox, Modal, NativeSelect, Radio } from '@mantine/core';
import { useMemo, useState } from 'react';
import { exportFormats, formatInfo } from '../../../shared/formats.ts';
import type { ExportFormat } from '../../../shared/formats.ts';
import type { CommandInput } from '../../../shared/contract.ts';
import { formatCount, plural } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import type { ExportSlice } from '../../state/app-state.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { showDone, showError } from '../../ui/toast.tsx';
import { Visible } from '../../ui/visible.tsx';
import { useExportPreview } from './use-export-preview.ts';
import './export.css';

/** The dialog "Export requests". */
export function ExportDialog({ exporting }: { readonly exporting: ExportSlice }) {
  const actions = useActions();
  return (
    <Modal
      opened
      onClose={() => actions.showExport(null)}
      title="Export requests"
      size="xl"
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <ExportForm ids={exporting.ids} />
    </Modal>
  );
}

type Scope = 'chosen' | 'filter' | 'all';

function ExportForm({ ids }: ExportSlice) {
  const query = useApp((state) => state.inbox.query);
  const matches = useApp((state) => state.inbox.matches);
  const all = useApp((state) => state.mirror.requestCount);
  const actions = useActions();
  const { bridge } = useServices();
  const [scope, setScope] = useState<Scope>(ids !== null ? 'chosen' : query === '' ? 'all' : 'filter');
  const [format, setFormat] = useState<ExportFormat>('har');
  const [includeSecrets, setIncludeSecrets] = useState(false);
  const [busy, setBusy] = useState(false);
  const input = useMemo<CommandInput<'export.save'>>(
    () => ({
      format,
      includeSecrets,
      ...(scope === 'chosen' && ids !== null ? { ids } : { query: scope === 'filter' ? query : '' }),
    }),
    [format, includeSecrets, scope, ids, query],
  );

  const save = async (): Promise<void> => {
    setBusy(true);
    const answer = await bridge.call('export.save', input);
    setBusy(false);
    if (!answer.ok) return showError(answer.error);
    if (answer.value === null) return;
    const { count, path } = answer.value;
    actions.showExport(null);
    showDone(`${plural(count, 'request')} exported`, path);
  };
  return (
    <form
      className="stack"
      aria-label="Export"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className="form-grid wide">
        <Radio.Group label="Requests" value={scope} onChange={(value) => setScope(value)}>
          <div className="export-scopes">
            {ids !== null && <Radio value="chosen" label={`${formatCount(ids.length)} chosen`} />}
            {query !== '' && (
              <Radio
                value="filter"
                label={`What the filter matches${matches === null ? '' : ` (${formatCount(matches)})`}: ${visibleText(query.slice(0, 60))}`}
              />
            )}
            <Radio value="all" label={`All ${formatCount(all)}`} />
          </div>
        </Radio.Group>
        <NativeSelect
          label="Format"
          data-autofocus
          value={format}
          description={formatInfo(format).about}
          inputWrapperOrder={['label', 'input', 'description']}
          data={exportFormats.map(({ id, label }) => ({ value: id, label }))}
          onChange={(event) => setFormat(event.currentTarget.value as ExportFormat)}
        />
      </div>
      <Checkbox
        label="Include secrets"
        description="As captured: tokens, passwords, cookies. Otherwise they are masked, equal values alike."
        checked={includeSecrets}
        onChange={(event) => setIncludeSecrets(event.currentTarget.checked)}
      />
      <Preview input={input} />
      <div className="form-actions">
        <span className="grow">{busy && <Progress />}</span>
        <Button type="submit" variant="filled" disabled={busy}>
          Export
        </Button>
      </div>
    </form>
  );
}

function Preview({ input }: { readonly input: CommandInput<'export.preview'> }) {
  const answer = useExportPreview(input);
  if (answer !== null && 'error' in answer) {
    return (
      <div className="banner warn" role="alert">
        <b className="grow">{answer.error.message}</b>
      </div>
    );
  }
  const preview = answer?.preview ?? null;
  return (
    <div className="stack">
      <div className="row-line">
        <b className="grow">The newest of them, as it is written</b>
        <span className="soft" role="status" aria-label="Masked">
          {preview !== null && maskedWords(preview.masked, input.includeSecrets)}
        </span>
      </div>
      <div
        className="code-block export-preview"
        role="region"
        aria-label="Preview"
        aria-busy={preview === null}
        tabIndex={0}
      >
        {preview !== null && (preview.text === '' ? <span className="muted">No request</span> : <Text {...preview} />)}
      </div>
    </div>
  );
}

/** Most characters that are drawn. */
const drawn = 16_384;

function Text({ text, cut }: { readonly text: string; readonly cut: boolean }) {
  return (
    <>
      <Visible text={text.slice(0, drawn)} />
      {(cut || text.length > drawn) && <div className="muted">… and so on</div>}
    </>
  );
}

function maskedWords(masked: number, includeSecrets: boolean): string {
  if (includeSecrets) return 'Nothing is masked';
  return masked === 0 ? 'Nothing in it needs a mask' : `${plural(masked, 'value')} in it masked`;
}

function Progress() {
  const job = useApp((state) => state.mirror.job);
  const { bridge } = useServices();
  if (job?.kind !== 'export' || job.state !== 'running') return null;
  return (
    <span className="export-progress">
      <ProgressBar label="Export" value={job.done} of={job.total ?? 0} />
      <span className="soft nowrap">{plural(job.done, 'request')}</span>
      <Button size="compact-sm" onClick={() => void bridge.call('jobs.cancel', { id: job.id })}>
        Cancel
      </Button>
    </span>
  );
}
