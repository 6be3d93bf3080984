// The rules of an endpoint, in order: the first one that fits decides.

import { Button } from '@mantine/core';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { ResponseRule } from '../../../shared/replies.ts';
import { plural } from '../../lib/format.ts';
import { randomToken } from '../../lib/random-path.ts';
import { newRule } from '../../lib/rule-words.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { Fold } from '../../ui/fold.tsx';
import { MovedRow, useRowOrder } from '../../ui/row-order.tsx';
import { showUndo } from '../../ui/toast.tsx';
import type { FormPart } from './form-part.ts';
import { RuleRow } from './rule-row.tsx';

/** The card "Rules". */
export function RulesFold({ endpoint, onChange, at }: FormPart) {
  const { rules } = endpoint;
  const [opened, setOpened] = useState<string | null>(null);
  const put = (next: ResponseRule[]): void => onChange({ rules: next });
  const order = useRowOrder(rules, put);
  const add = (): void => {
    const rule = newRule(newId());
    put([...rules, rule]);
    setOpened(rule.id);
  };
  const duplicate = (index: number, rule: ResponseRule): void => {
    const copy = { ...rule, id: newId(), name: rule.name === '' ? '' : `${rule.name} copy`.slice(0, 100) };
    put(rules.toSpliced(index + 1, 0, copy));
    setOpened(copy.id);
  };
  const remove = (index: number, rule: ResponseRule): void => {
    put(rules.filter(({ id }) => id !== rule.id));
    showUndo(`Rule ${rule.name === '' ? index + 1 : `“${visibleText(rule.name)}”`} removed`, () =>
      onChange((now) => ({ rules: now.rules.toSpliced(Math.min(index, now.rules.length), 0, rule) })),
    );
  };
  const active = rules.filter((rule) => rule.active).length;
  return (
    <Fold
      title="Rules"
      aside={rules.length === 0 ? 'other replies for some requests' : `${plural(active, 'rule')} in force`}
      needed={at('rules') !== null}
    >
      <div className="card-body stack">
        <p className="muted">
          The first rule whose conditions all hold answers, in place of the reply and of a forward.
        </p>
        {rules.length > 0 && (
          <ol id={order.listId} className="entry-list" aria-label="Rules">
            {rules.map((rule, index) => (
              <RuleRow
                key={rule.id}
                rule={rule}
                index={index}
                count={rules.length}
                order={order}
                open={opened === rule.id || at(`rules.${index}`) !== null}
                onOpen={(open) => setOpened(open ? rule.id : null)}
                onChange={(edit) => put(rules.map((old) => (old.id === rule.id ? { ...old, ...edit } : old)))}
                onDuplicate={() => duplicate(index, rule)}
                onRemove={() => remove(index, rule)}
                at={(field) => at(`rules.${index}.${field}`)}
              />
            ))}
          </ol>
        )}
        <MovedRow order={order} word="rule" />
        <Button
          className="header-add"
          variant="subtle"
          leftSection={<Plus size={14} aria-hidden="true" />}
          disabled={rules.length >= 200}
          onClick={add}
        >
          Add rule
        </Button>
      </div>
    </Fold>
  );
}

function newId(): string {
  return `rule_${randomToken(9, (bytes) => crypto.getRandomValues(bytes))}`;
}
