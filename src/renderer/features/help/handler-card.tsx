// The handler that verifies, in the person's framework. No secret is in it: the environment of their program holds them.

import { Tabs } from '@mantine/core';
import { useMemo } from 'react';
import type { ProviderDefinition } from '../../../shared/providers/define.ts';
import { languageNames, snippetLanguages } from '../../../shared/snippets/snippet.ts';
import type { SnippetLanguage } from '../../../shared/snippets/snippet.ts';
import { handlerSnippet } from '../../../shared/snippets/snippets.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';

interface HandlerCardProps {
  readonly provider: ProviderDefinition;
  /** Id of the scheme; empty for the provider's first. */
  readonly scheme: string;
  readonly onScheme: (id: string) => void;
}

/** The card "Verify it properly". */
export function HandlerCard({ provider, scheme, onScheme }: HandlerCardProps) {
  const framework = useApp((state) => state.view.framework);
  const actions = useActions();
  const language: SnippetLanguage = snippetLanguages.find((id) => id === framework) ?? 'express';
  const snippet = useMemo(() => handlerSnippet(provider, language, { scheme }), [provider, language, scheme]);
  return (
    <Card
      title="Verify it properly"
      aside={snippet.kind === 'code' && <CopyButton text={snippet.text} label="Copy the handler" />}
    >
      {provider.schemes.length > 1 && (
        <div className="card-body">
          <ChoiceField
            label="Scheme"
            value={snippet.scheme}
            choices={provider.schemes.map(({ id }) => ({ value: id, label: id }))}
            description="This sender signs in several ways: choose the one that it uses for you"
            onChange={onScheme}
          />
        </div>
      )}
      <Tabs value={language} onChange={(next) => next !== null && actions.chooseFramework(next)} keepMounted={false}>
        <Tabs.List aria-label="Framework">
          {snippetLanguages.map((id) => (
            <Tabs.Tab key={id} value={id}>
              {languageNames[id]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={language}>
          {snippet.kind === 'reason' ? (
            <p className="card-body soft">{snippet.text}</p>
          ) : (
            <pre
              className="code-block"
              role="region"
              aria-label={`Handler for ${languageNames[language]}`}
              tabIndex={0}
            >
              {snippet.text}
            </pre>
          )}
        </Tabs.Panel>
      </Tabs>
    </Card>
  );
}
