// The line above a body: its views, what it is, and what can be done with all of it.

import { ActionIcon, Button, SegmentedControl, Switch, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Check, Copy, Download, Search } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BodyViewName } from '../../lib/body-view.ts';
import { formatSize } from '../../lib/format.ts';
import { visibleText } from '../../lib/visible-text.ts';
import type { BodySource } from './body-source.ts';
import type { ShownText } from './text-of-body.ts';
import type { LoadedSlices } from './use-slices.ts';

interface BodyToolsProps {
  readonly source: BodySource;
  readonly contentType: string | undefined;
  readonly saveName: string;
  readonly views: readonly BodyViewName[];
  readonly view: BodyViewName;
  readonly onView: (view: BodyViewName) => void;
  readonly slices: LoadedSlices;
  /** The text in the view "Text"; null in others. */
  readonly shown: ShownText | null;
  readonly asSent: boolean;
  readonly onAsSent: (asSent: boolean) => void;
  /** What "Copy all" copies; null where there is no text that is loaded whole. */
  readonly text: string | null;
  readonly canFind: boolean;
  readonly onFind: () => void;
  readonly extra: ReactNode;
}

const labels: Readonly<Record<BodyViewName, string>> = {
  tree: 'Tree',
  text: 'Text',
  form: 'Form',
  parts: 'Parts',
  image: 'Image',
  hex: 'Hex',
};

/** The tools. */
export function BodyTools(props: BodyToolsProps) {
  const { source, contentType, views, view, onView, slices, shown, asSent, onAsSent, text, extra } = props;
  const { copied, copy } = useClipboard({ timeout: 1_500 });
  const canCopy = slices.complete && text !== null;
  return (
    <div className="body-tools">
      <SegmentedControl
        size="xs"
        aria-label="View"
        value={view}
        onChange={(next) => onView(next)}
        data={views.map((value) => ({ value, label: labels[value] }))}
      />
      <span className="grow cut" title={contentType === undefined ? undefined : visibleText(contentType)}>
        {contentType === undefined ? 'no content type' : visibleText(contentType)} · {formatSize(source.size)}
      </span>
      {extra}
      {shown?.canLayOut === true && (
        <Switch
          size="xs"
          label="As sent"
          checked={asSent}
          onChange={(event) => onAsSent(event.currentTarget.checked)}
        />
      )}
      {view === 'hex' && !slices.complete && (
        <Button size="compact-xs" loading={slices.loading} onClick={() => slices.more()}>
          Load more: {formatSize(slices.bytes.length)} loaded
        </Button>
      )}
      {view === 'parts' && !slices.complete && (
        <Button size="compact-xs" loading={slices.loading} onClick={() => slices.more(source.size)}>
          Load all
        </Button>
      )}
      <span className="row-line body-actions">
        {props.canFind && (
          <Tool label="Find in body (Ctrl+F)" onClick={props.onFind}>
            <Search size={14} aria-hidden="true" />
          </Tool>
        )}
        {canCopy && (
          <Tool label={copied ? 'Copied' : 'Copy all'} name="Copy all" onClick={() => copy(text)}>
            {copied ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
          </Tool>
        )}
        <Tool label="Save body" onClick={() => void source.save(0, source.size, props.saveName)}>
          <Download size={14} aria-hidden="true" />
        </Tool>
      </span>
    </div>
  );
}

interface ToolProps {
  readonly label: string;
  readonly name?: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function Tool({ label, name = label, onClick, children }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={name} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
