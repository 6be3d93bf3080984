// From a captured request to an exchange: endpoint, provider, values, signature, duplicates, in this order. A stage that
// throws is logged and leaves a neutral result; the request itself is never lost to a fault here.

import { AppError } from '../../shared/errors.ts';
import type { CapturedRequest, Verdict } from '../../shared/exchange.ts';
import { findDefinition } from '../../shared/providers/index.ts';
import type { FindOwn } from '../../shared/providers/index.ts';
import type { RequestLook } from '../../shared/providers/read-value.ts';
import { defaultEndpoint } from '../../shared/workspace.ts';
import type { Endpoint, Settings } from '../../shared/workspace.ts';
import type { SecretValue, VerifyInput } from '../signatures/verify.ts';
import type { Exchange, History } from '../store/history.ts';
import type { Logger } from '../ports.ts';
import { checkInput } from './check-input.ts';
import { providerOf } from './detect.ts';
import { classify, duplicateKeys, duplicatesSince, first } from './duplicate.ts';
import { findEndpoint } from './endpoint.ts';
import { isFromWebPage } from './web-page.ts';
import { lookAtRequest, readValues } from './values.ts';

/** What the pipeline is given; functions give the state of the moment. */
export interface PipelineOptions {
  readonly endpoints: () => readonly Endpoint[];
  readonly secretsFor: (endpoint: Endpoint, provider: string | null) => readonly SecretValue[];
  readonly settings: () => Settings;
  readonly history: Pick<History, 'findById' | 'findByBody'>;
  readonly verify: (input: VerifyInput) => Verdict;
  /** Epoch ms. */
  readonly now: () => number;
  readonly logger: Logger;
  /** A person's own scheme of this id; undefined for the registry's providers. */
  readonly definition?: FindOwn;
}

/** A judged request, and what the judgement was made with. */
export interface Judged {
  /** `replyStatus` is the endpoint's own; whoever plans another reply replaces it. */
  readonly exchange: Exchange;
  readonly endpoint: Endpoint;
  readonly look: RequestLook;
}

/** The tunnel of ours through which a request came. */
export interface JudgedPassage {
  /** Address of the sender as the tunnel tells it. */
  readonly sender: string | null;
  /** Public origin; null where public addresses are not an origin with the path behind it. */
  readonly origin: string | null;
}

/** Judges requests. */
export interface Pipeline {
  /** Never throws. */
  judge(request: CapturedRequest, passage?: JudgedPassage | null): Judged;
}

const noValues = { deliveryId: null, event: null };
const noKeys = { idKey: null, bodyKey: null };
const webPage = { webPage: true } as const;

/** A pipeline over this state. */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { history, logger, now } = options;

  function stage<T>(name: string, request: CapturedRequest, run: () => T, neutral: T | ((error: unknown) => T)): T {
    try {
      return run();
    } catch (error) {
      logger.error(`${name} failed for ${request.id}`, error);
      return neutral instanceof Function ? neutral(error) : neutral;
    }
  }

  function check(
    request: CapturedRequest,
    endpoint: Endpoint,
    provider: string | null,
    passage: JudgedPassage | null,
  ): Verdict {
    if (request.truncated)
      return unverified(
        'body-truncated',
        'Only the beginning of the body was kept, so its signature cannot be checked.',
      );
    const definition = provider === null ? undefined : options.definition?.(provider);
    const secrets = options.secretsFor(endpoint, provider);
    const tunnelOrigin = passage?.origin;
    return options.verify(checkInput(request, { endpoint, provider, definition, secrets, now: now(), tunnelOrigin }));
  }

  return {
    judge(request, passage = null) {
      const endpoint = stage(
        'Choosing the endpoint',
        request,
        () => findEndpoint(options.endpoints(), request.target),
        defaultEndpoint,
      );
      const look = lookAtRequest(request);
      const provider = stage('Detecting the provider', request, () => providerOf(endpoint, look), endpoint.provider);
      const values = stage(
        'Reading id and event',
        request,
        () => readValues(look, findDefinition(provider, options.definition, endpoint.generic)),
        noValues,
      );
      const verdict = stage(
        'Checking the signature',
        request,
        () => check(request, endpoint, provider, passage),
        notChecked,
      );
      const subject = { request, endpoint: endpoint.id, provider, deliveryId: values.deliveryId };
      const rule = endpoint.duplicates;
      const keys = stage('Making duplicate keys', request, () => duplicateKeys(subject, rule.by), noKeys);
      const duplicate = stage(
        'Looking for duplicates',
        request,
        () => classify(subject, keys, duplicatesSince(rule, options.settings(), request.receivedAt), history),
        first,
      );
      const exchange: Exchange = {
        request,
        endpoint: endpoint.id,
        provider,
        event: values.event,
        deliveryId: values.deliveryId,
        verdict,
        duplicate,
        duplicateKeys: keys,
        replyStatus: request.truncated ? 413 : endpoint.reply.status,
        ...(isFromWebPage(request.headers) ? webPage : undefined),
        ...(passage === null || passage.sender === null ? undefined : { sender: passage.sender }),
      };
      return { exchange, endpoint, look };
    },
  };
}

function notChecked(error: unknown): Verdict {
  return error instanceof AppError && error.code.startsWith('SECRET_')
    ? unverified('secret-unavailable', error.message)
    : unverified(
        'check-failed',
        'The signature could not be checked because of a fault in Hookbench; the log says more.',
      );
}

function unverified(reason: string, message: string): Verdict {
  return { status: 'unverified', reason, message, warnings: [], diagnosis: [] };
}
