// What a check of a captured request is given: the same when it arrives, when it is shown and when its failure is
// looked into.

import type { CapturedRequest, Verdict } from '../../shared/exchange.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import type { Endpoint } from '../../shared/workspace.ts';
import type { SecretValue, VerifyInput } from '../signatures/verify.ts';
import { requestUrl } from './request-url.ts';

/** The circumstances of a check. */
export interface CheckCircumstances {
  readonly endpoint: Endpoint;
  readonly provider: string | null;
  /** A person's own scheme, where `provider` names one. */
  readonly definition: ProviderDefinition | undefined;
  readonly secrets: readonly SecretValue[];
  /** Epoch ms at which the request is judged. */
  readonly now: number;
  /** Origin of the tunnel through which it came, or null. */
  readonly tunnelOrigin?: string | null | undefined;
  /** Verdict of an earlier check, which knew the tunnel. */
  readonly earlier?: Pick<Verdict, 'url' | 'urlSource'> | undefined;
}

/** The input of a check of this request. */
export function checkInput(
  request: Pick<CapturedRequest, 'method' | 'target' | 'headers' | 'body' | 'remoteAddress'>,
  { endpoint, provider, definition, secrets, now, tunnelOrigin, earlier }: CheckCircumstances,
): VerifyInput {
  const { url, source } = requestUrl(request, endpoint, { tunnelOrigin, earlier });
  return {
    provider,
    definition,
    method: request.method,
    url,
    urlSource: source,
    headers: request.headers,
    body: request.body,
    secrets,
    now,
    toleranceSeconds: endpoint.toleranceSeconds ?? undefined,
    generic: endpoint.generic,
  };
}
