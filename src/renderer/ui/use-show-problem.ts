// What is wrong with a long form may be out of sight: the first field that says so is brought into view.

import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';
import type { ErrorValue } from '../../shared/errors.ts';

/** Gives the ref of the form; scrolls to the first problem whenever `error` is another one. */
export function useShowProblem(error: ErrorValue | null): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error === null) return;
    form.current?.querySelector('[aria-invalid="true"], [data-problem]')?.scrollIntoView({ block: 'center' });
  }, [error]);
  return form;
}
