// The list of own signature schemes: what each signs and who uses it.

import { Button } from '@mantine/core';
import { useState } from 'react';
import type { CustomScheme } from '../../../shared/custom-scheme.ts';
import { plural } from '../../lib/format.ts';
import { schemeUsers } from '../../lib/scheme-users.ts';
import type { SchemeUser } from '../../lib/scheme-users.ts';
import { algorithmNames, partsInWords } from '../../lib/scheme-words.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { hashOf } from '../../state/route.ts';
import { useApp } from '../../state/use-app.ts';
import { Page } from '../../ui/page.tsx';
import { Visible } from '../../ui/visible.tsx';
import { ImportDialog } from './import-dialog.tsx';
import './schemes.css';

/** The view "Own schemes". */
export function SchemesPage() {
  const schemes = useApp((state) => state.mirror.schemes);
  const ready = useApp((state) => state.mirror.status === 'ready');
  const [importing, setImporting] = useState(false);
  return (
    <Page
      title="Own schemes"
      meta="Signatures that no listed provider makes, described once and used wherever a provider is chosen"
      narrow={schemes.length > 0}
      actions={
        <>
          <Button onClick={() => setImporting(true)}>Import</Button>
          <Button component="a" variant="filled" href={hashOf({ view: 'scheme', id: null })}>
            New scheme
          </Button>
        </>
      }
    >
      {schemes.length > 0 && <SchemeTable schemes={schemes} />}
      {schemes.length === 0 && ready && (
        <div className="empty">
          <h2>No schemes yet</h2>
          <p className="empty-words">
            If your sender signs its webhooks in a way of its own, describe it here: what is signed, how, and in which
            header. It can be tried on a captured request before it is saved.
          </p>
        </div>
      )}
      <ImportDialog opened={importing} onClose={() => setImporting(false)} />
    </Page>
  );
}

function SchemeTable({ schemes }: { readonly schemes: readonly CustomScheme[] }) {
  const endpoints = useApp((state) => state.mirror.endpoints);
  const targets = useApp((state) => state.mirror.targets);
  return (
    <div className="card">
      <table className="plain-table" aria-label="Own schemes">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">What is signed</th>
            <th scope="col">Header</th>
            <th scope="col">Used by</th>
          </tr>
        </thead>
        <tbody>
          {schemes.map((scheme) => (
            <tr key={scheme.id}>
              <td>
                <a href={hashOf({ view: 'scheme', id: scheme.id })}>{visibleText(scheme.name)}</a>
              </td>
              <td>
                <span className="mono">
                  <Visible text={partsInWords(scheme.parts)} />
                </span>
                <div className="muted">
                  {algorithmNames[scheme.algorithm]}, {scheme.encoding}
                </div>
              </td>
              <td className="mono">{scheme.signatureHeader}</td>
              <td className="soft">{usersInWords(schemeUsers(scheme.id, endpoints, targets))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function usersInWords(users: readonly SchemeUser[]): string {
  const count = (view: SchemeUser['view']): string[] => {
    const of = users.filter((user) => user.view === view).length;
    return of === 0 ? [] : [plural(of, view)];
  };
  return [...count('endpoint'), ...count('target')].join(', ') || 'nobody yet';
}
