// Who uses an own scheme. It cannot go while somebody does.

import type { Endpoint, Target } from '../../shared/workspace.ts';

/** An endpoint or target that uses a scheme. */
export interface SchemeUser {
  readonly view: 'endpoint' | 'target';
  readonly id: string;
  readonly name: string;
}

/** Endpoints, then targets, whose provider is the scheme with this id. */
export function schemeUsers(
  id: string,
  endpoints: readonly Pick<Endpoint, 'id' | 'name' | 'provider'>[],
  targets: readonly Pick<Target, 'id' | 'name' | 'provider'>[],
): SchemeUser[] {
  const of = (view: SchemeUser['view'], all: typeof endpoints): SchemeUser[] =>
    all.filter(({ provider }) => provider === id).map((user) => ({ view, id: user.id, name: user.name }));
  return [...of('endpoint', endpoints), ...of('target', targets)];
}
