// What a file would hold, asked of the host again whenever a choice changes.

import { useEffect, useState } from 'react';
import type { CommandInput, ExportPreview } from '../../../shared/contract.ts';
import type { ErrorValue } from '../../../shared/errors.ts';
import { useServices } from '../../state/use-app.ts';

/** The answer to the choice of now; null while it is on its way. */
export type PreviewAnswer = { readonly preview: ExportPreview } | { readonly error: ErrorValue } | null;

/** Asks for the preview; `input` must be the same object for the same choice. */
export function useExportPreview(input: CommandInput<'export.preview'>): PreviewAnswer {
  const { bridge } = useServices();
  const [got, setGot] = useState<{ readonly input: object; readonly answer: PreviewAnswer } | null>(null);
  useEffect(() => {
    let current = true;
    void bridge.call('export.preview', input).then((answer) => {
      if (!current) return;
      setGot({ input, answer: answer.ok ? { preview: answer.value } : { error: answer.error } });
    });
    return () => {
      current = false;
    };
  }, [bridge, input]);
  return got !== null && got.input === input ? got.answer : null;
}
