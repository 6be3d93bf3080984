// The body of a message: text in an editor, or bytes that are sent as they are.

import { Button } from '@mantine/core';
import { useDeferredValue, useMemo } from 'react';
import { mixesLineBreaks, typedText } from '../../lib/body-text.ts';
import { colouredIf } from '../../lib/body-view.ts';
import type { Syntax } from '../../lib/body-view.ts';
import { formatSize } from '../../lib/format.ts';
import { formatJson } from '../../lib/format-json.ts';
import { bodyBytes } from '../../lib/message-form.ts';
import type { FormBody } from '../../lib/message-form.ts';
import { Card } from '../card.tsx';
import { CodeEditor } from '../code.tsx';
import { HexView } from '../hex-view.tsx';
import { BodyDrop } from './body-drop.tsx';

interface BodyFieldProps {
  readonly body: FormBody;
  readonly withVariables: boolean;
  readonly onChange: (body: FormBody) => void;
}

/** The editor "Body" with a check of its JSON. */
export function BodyField({ body, withVariables, onChange }: BodyFieldProps) {
  return (
    <BodyDrop body={body} onChange={onChange}>
      {body.kind === 'bytes' ? (
        <BytesBody body={body} onChange={onChange} />
      ) : (
        <TextBody body={body} withVariables={withVariables} onChange={onChange} />
      )}
    </BodyDrop>
  );
}

interface TextBodyProps extends BodyFieldProps {
  readonly body: FormBody & { readonly kind: 'text' };
}

function TextBody({ body, withVariables, onChange }: TextBodyProps) {
  const settled = useDeferredValue(body);
  const check = useMemo(() => checkText(settled, withVariables), [settled, withVariables]);
  const format = (): void => {
    const formatted = formatJson(body.body.text);
    if (formatted.ok) onChange({ kind: 'text', body: { ...body.body, text: formatted.text } });
  };
  return (
    <div className="card body-card" role="group" aria-label="Message body">
      <div className="card-head">
        <h2>Body</h2>
        <div className="aside row-line">
          <span className={check.bad ? 'tone-bad' : ''}>{check.words}</span>
          {check.json && (
            <Button variant="subtle" size="compact-xs" onClick={format}>
              Format
            </Button>
          )}
        </div>
      </div>
      <CodeEditor
        label="Body"
        text={body.body.text}
        syntax={check.syntax}
        onChange={(text) => onChange({ kind: 'text', body: { ...body.body, text } })}
      />
    </div>
  );
}

interface BytesBodyProps {
  readonly body: FormBody & { readonly kind: 'bytes' };
  readonly onChange: (body: FormBody) => void;
}

function BytesBody({ body, onChange }: BytesBodyProps) {
  const why = body.why === 'binary' ? 'Binary' : 'Too large to edit';
  const replace = (
    <Button variant="subtle" size="compact-xs" onClick={() => onChange({ kind: 'text', body: typedText('') })}>
      Replace with text
    </Button>
  );
  return (
    <Card title="Body" aside={replace}>
      <div className="card-body soft">
        {why}: {formatSize(body.bytes.length)}, sent byte for byte as captured.
      </div>
      <div className="bytes-preview">
        <HexView bytes={body.bytes.subarray(0, 4_096)} label="Start of the body" />
      </div>
    </Card>
  );
}

interface TextCheck {
  readonly words: string;
  readonly bad: boolean;
  readonly json: boolean;
  readonly syntax: Syntax;
}

function checkText(body: FormBody & { readonly kind: 'text' }, withVariables: boolean): TextCheck {
  const { text } = body.body;
  const size = formatSize(bodyBytes(body).length);
  const breaks = mixesLineBreaks(body.body) ? ' · mixed line breaks, edits make them LF' : '';
  const json = /^\s*[{[]/.test(text);
  const syntax = colouredIf(text, syntaxOf(text, json));
  if (!json) return { words: `${size}${breaks}`, bad: false, json, syntax };
  const filled = withVariables ? text.replace(/\{\{(?:uuid|now|unix|unixMs)\}\}/g, '0') : text;
  const formatted = formatJson(filled);
  if (formatted.ok) return { words: `JSON · ${size} · valid${breaks}`, bad: false, json, syntax };
  if (formatted.reason !== 'not-json') return { words: `JSON · ${size}${breaks}`, bad: false, json, syntax };
  const line = filled.slice(0, formatted.at).split('\n').length;
  return { words: `JSON · ${size} · not valid at line ${line}${breaks}`, bad: true, json, syntax };
}

function syntaxOf(text: string, json: boolean): Syntax {
  if (json) return 'json';
  if (/^\s*<(?:!doctype html|html)/i.test(text)) return 'html';
  return /^\s*<[?!A-Za-z_]/.test(text) ? 'xml' : 'plain';
}
