// Edits an own scheme. It is saved at once or not at all; what is wrong stands beside its field.

import { Button } from '@mantine/core';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { CustomScheme } from '../../../shared/custom-scheme.ts';
import { fieldErrorOf } from '../../lib/field-error.ts';
import type { FieldError } from '../../lib/field-error.ts';
import { formOfScheme, newSchemeForm, schemeId, schemeOfForm, schemeProblems } from '../../lib/scheme-form.ts';
import type { SchemeForm } from '../../lib/scheme-form.ts';
import { writeSchemeFile } from '../../lib/scheme-file.ts';
import { schemeUsers } from '../../lib/scheme-users.ts';
import { visibleText } from '../../lib/visible-text.ts';
import { hashOf } from '../../state/route.ts';
import { useActions, useApp, useServices } from '../../state/use-app.ts';
import { Page } from '../../ui/page.tsx';
import { showDone, showError } from '../../ui/toast.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { SchemeFields } from './scheme-fields.tsx';
import { SchemeTest } from './scheme-test.tsx';
import { SignedCard } from './signed-card.tsx';
import './schemes.css';

/** The view of a scheme; a null id makes a new one. */
export function SchemePage({ id }: { readonly id: string | null }) {
  const stored = useApp((state) => state.mirror.schemes.find((scheme) => scheme.id === id));
  const ready = useApp((state) => state.mirror.status === 'ready');
  if (id !== null && stored === undefined) {
    return <div className="empty">{ready ? 'There is no such scheme.' : 'Loading…'}</div>;
  }
  return <SchemeEditor stored={stored ?? null} />;
}

function SchemeEditor({ stored }: { readonly stored: CustomScheme | null }) {
  const [form, setForm] = useState<SchemeForm>(() => (stored === null ? newSchemeForm : formOfScheme(stored)));
  /** How often it was to be saved, tested or copied: from the first time on what is wrong is shown. */
  const [tries, setTries] = useState(0);
  const [refused, setRefused] = useState<FieldError | null>(null);
  const [busy, setBusy] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const schemes = useApp((state) => state.mirror.schemes);
  const endpoints = useApp((state) => state.mirror.endpoints);
  const targets = useApp((state) => state.mirror.targets);
  const { bridge } = useServices();
  const actions = useActions();
  const formId = useId();
  const fields = useRef<HTMLFormElement>(null);

  const id = stored?.id ?? schemeId(form.name, schemes.map((other) => other.id)); // prettier-ignore
  const scheme = useMemo(() => schemeOfForm(form, id), [form, id]);
  const problems = useMemo(() => schemeProblems(scheme), [scheme]);
  const errors = [...(tries > 0 ? problems : []), ...(refused === null ? [] : [refused])];

  useEffect(() => {
    if (tries > 0) fields.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tries]);

  /** Whether nothing is wrong; the first field that is gets the focus. */
  const check = (): boolean => {
    setTries(tries + 1);
    return problems.length === 0;
  };
  const save = async (): Promise<void> => {
    if (!check()) return;
    setBusy(true);
    const answer = await bridge.call('schemes.save', scheme);
    setBusy(false);
    if (!answer.ok) {
      const problem = fieldErrorOf(answer.error);
      setRefused(problem);
      if (problem === null) showError(answer.error);
      return;
    }
    showDone('Scheme saved');
    if (stored === null) actions.go({ view: 'scheme', id });
  };
  const copy = async (): Promise<void> => {
    if (!check()) return;
    try {
      await navigator.clipboard.writeText(writeSchemeFile(scheme));
      showDone('Copied as JSON', 'It holds no secret.');
    } catch {
      const hint = 'Click into the window and try again.';
      showError({ code: 'BUG', message: 'The clipboard did not take the text.', hint });
    }
  };
  const remove = async (gone: CustomScheme): Promise<void> => {
    const answer = await bridge.call('schemes.remove', { id: gone.id });
    setDeleting(false);
    if (!answer.ok) return showError(answer.error);
    actions.go({ view: 'schemes' });
    return showDone(`Scheme “${visibleText(gone.name)}” deleted`);
  };

  return (
    <Page
      title={stored === null ? 'New scheme' : visibleText(stored.name)}
      meta={
        <>
          One of your <a href={hashOf({ view: 'schemes' })}>own schemes</a>
        </>
      }
      actions={
        <>
          <Button onClick={() => void copy()}>Copy as JSON</Button>
          {stored !== null && <Button onClick={() => setDeleting(true)}>Delete</Button>}
          <Button type="submit" form={formId} variant="filled" loading={busy}>
            Save
          </Button>
        </>
      }
    >
      <div className="scheme-editor">
        <div className="scheme-aside">
          <SignedCard scheme={scheme} />
        </div>
        <div className="scheme-main">
          <form
            ref={fields}
            id={formId}
            className="stack"
            aria-label="Scheme"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              void save();
            }}
          >
            {errors.length > 0 && (
              <div role="alert" className="tone-bad">
                {errors.length === 1 ? 'One field is' : `${errors.length} fields are`} not right yet.
              </div>
            )}
            <SchemeFields
              form={form}
              id={id}
              errors={errors}
              onChange={(edit) => {
                setRefused(null);
                setForm((before) => ({ ...before, ...edit }));
              }}
            />
          </form>
          <SchemeTest scheme={scheme} saved={stored !== null} check={check} />
        </div>
      </div>
      {stored !== null && (
        <DeleteDialog
          opened={deleting}
          scheme={stored}
          users={schemeUsers(stored.id, endpoints, targets)}
          onClose={() => setDeleting(false)}
          onDelete={() => void remove(stored)}
        />
      )}
    </Page>
  );
}
