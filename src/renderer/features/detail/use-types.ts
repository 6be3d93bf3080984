// Asks for the types of one request, or of all that are the same event at the same endpoint.

import { useEffect, useState } from 'react';
import type { ErrorValue } from '../../../shared/errors.ts';
import type { ExchangeDetail } from '../../../shared/exchange.ts';
import type { GeneratedTypes, TypeLanguage } from '../../../shared/generated-types.ts';
import { useServices } from '../../state/use-app.ts';

/** Requests that types are made from at most. */
const mostSamples = 200;

/** Ids of the newest requests of the same event at the same endpoint, this one first; only this one without an event. */
export function useSameEvent({ id, event, endpoint }: ExchangeDetail): readonly string[] {
  const { bridge } = useServices();
  const [ids, setIds] = useState<readonly string[]>([id]);
  useEffect(() => {
    if (event === null) return undefined;
    let isCurrent = true;
    // A `*` in it takes more: what the query takes besides is left out below.
    const query = `endpoint:${quoted(endpoint)} event:${quoted(event)}`;
    void bridge.call('requests.list', { query, limit: mostSamples }).then((answer) => {
      if (!isCurrent || !answer.ok) return;
      const same = answer.value.rows.filter((row) => row.event === event && row.endpoint === endpoint && row.id !== id);
      setIds([id, ...same.map((row) => row.id)].slice(0, mostSamples));
    });
    return () => {
      isCurrent = false;
    };
  }, [bridge, id, event, endpoint]);
  return ids;
}

function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** What the host answered; null while it is at work. */
export type TypesAnswer =
  { readonly types: GeneratedTypes; readonly error: null } | { readonly types: null; readonly error: ErrorValue };

/** The types of these requests; asks anew whenever one of the values changes. */
export function useTypes(ids: readonly string[], language: TypeLanguage, name: string): TypesAnswer | null {
  const { bridge } = useServices();
  const [answer, setAnswer] = useState<{ readonly key: string; readonly of: TypesAnswer } | null>(null);
  const key = JSON.stringify([ids, language, name]);
  useEffect(() => {
    let isCurrent = true;
    const [wantedIds, wantedLanguage, wantedName] = JSON.parse(key) as [string[], TypeLanguage, string];
    void bridge
      .call('requests.types', { ids: wantedIds, language: wantedLanguage, name: wantedName })
      .then((result) => {
        if (!isCurrent) return;
        const of = result.ok ? { types: result.value, error: null } : { types: null, error: result.error };
        setAnswer({ key, of });
      });
    return () => {
      isCurrent = false;
    };
  }, [bridge, key]);
  return answer?.key === key ? answer.of : null;
}
