// Fields of a form body, decoded or as they were sent. A field that holds JSON opens as a tree.

import { Button, Switch } from '@mantine/core';
import { useMemo, useState } from 'react';
import { readForm } from '../../lib/body-form.ts';
import { formatCount } from '../../lib/format.ts';
import { Marked } from './marked.tsx';
import { TreePane } from './tree-pane.tsx';

interface FormViewProps {
  readonly text: string;
  readonly words: string;
}

const maxShown = 2_000;

/** The view "Form". */
export function FormView({ text, words }: FormViewProps) {
  const { fields, more } = useMemo(() => readForm(text), [text]);
  const [raw, setRaw] = useState(false);
  const [opened, setOpened] = useState(() => fields.findIndex(({ name, json }) => json && name === 'payload'));
  const json = fields[opened];
  return (
    <div className="form-view">
      <div className="form-fields" role="region" aria-label="Form body" tabIndex={0}>
        <table className="plain-table header-table" aria-label="Form fields">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">
                <span className="row-line">
                  <span className="grow">Value</span>
                  <Switch
                    size="xs"
                    label="As sent"
                    checked={raw}
                    onChange={(event) => setRaw(event.currentTarget.checked)}
                  />
                </span>
              </th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field, index) => (
              // Repeated fields are the same in all but their place.
              <tr key={index}>
                <td className="mono soft header-name">
                  <Marked text={field.name} words={words} />
                </td>
                <td className="mono">
                  <span className="row-line">
                    <span className="grow form-value">
                      {field.value === '' && !raw ? (
                        <span className="muted">empty</span>
                      ) : (
                        <Marked text={cutText(raw ? field.raw : field.value)} words={words} />
                      )}
                    </span>
                    {field.json && (
                      <Button
                        variant="subtle"
                        size="compact-xs"
                        aria-expanded={opened === index}
                        onClick={() => setOpened(opened === index ? -1 : index)}
                      >
                        {opened === index ? 'Close tree' : 'Open as tree'}
                      </Button>
                    )}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {more > 0 && <div className="body-note muted">{formatCount(more)} more fields are not shown.</div>}
      </div>
      {json !== undefined && (
        <TreePane
          key={opened}
          text={json.value}
          syntax="json"
          partial={false}
          label={`Field ${json.name} as tree`}
          words={words}
          goTo={null}
        />
      )}
    </div>
  );
}

function cutText(text: string): string {
  return text.length <= maxShown ? text : `${text.slice(0, maxShown)}… (${formatCount(text.length)} characters)`;
}
