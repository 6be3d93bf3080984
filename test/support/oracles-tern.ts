// One package that knows many providers and is published by none of them. It judges those that have no package of their
// own.

import { mac, posted, webRequest } from './oracles.ts';
import type { Judge, Oracle } from './oracles.ts';

/** Providers without a package of their own. */
export const ternOracles: readonly Oracle[] = ternList();

function ternList(): readonly Oracle[] {
  const tern = {
    package: '@hookflo/tern',
    by: 'others',
    maker: 'x-hub-signature',
    bare: true,
    bodies: ['compact', 'emoji', 'CRLF'],
  } as const;
  type Platform = 'lemonsqueezy' | 'sentry' | 'grafana' | 'woocommerce' | 'unknown';
  const known =
    (platform: Platform, header: string, encoding: 'hex' | 'base64' = 'hex') =>
    async (): Promise<Judge> => {
      const { WebhookVerificationService } = await import('@hookflo/tern');
      return {
        accepts: async (request, { shown }) =>
          (await WebhookVerificationService.verifyWithPlatformConfig(webRequest(request), platform, shown)).isValid,
        makes: async (making) =>
          posted(making, {
            [header]: await mac('sha256', making.keys.shown, [making.body], encoding),
            // Beside the signature, which does not cover it; the package does not look at it.
            ...(platform === 'unknown' ? { 'x-webhook-timestamp': new Date(making.now).toISOString() } : {}),
          }),
      };
    };
  /** With a description of ours: it judges the MAC and its spelling. */
  const described = (headerName: string, encoding: 'hex' | 'base64') => async (): Promise<Judge> => {
    const { createAlgorithmVerifier } = await import('@hookflo/tern');
    return {
      accepts: async (request, { shown }) => {
        const base = { algorithm: 'hmac-sha256', headerName, headerFormat: 'raw', payloadFormat: 'raw' } as const;
        const config = encoding === 'hex' ? base : { ...base, customConfig: { encoding, secretEncoding: 'utf8' } };
        return (await createAlgorithmVerifier(shown, config).verify(webRequest(request))).isValid;
      },
      makes: async (making) =>
        posted(making, { [headerName]: await mac('sha256', making.keys.shown, [making.body], encoding) }),
    };
  };
  return [
    { ...tern, provider: 'lemonsqueezy', scheme: 'lemonsqueezy', load: known('lemonsqueezy', 'x-signature') },
    { ...tern, provider: 'sentry', scheme: 'sentry', load: known('sentry', 'sentry-hook-signature') },
    { ...tern, provider: 'grafana', scheme: 'grafana', load: known('grafana', 'x-grafana-alerting-signature') },
    {
      ...tern,
      provider: 'woocommerce',
      scheme: 'woocommerce',
      load: known('woocommerce', 'x-wc-webhook-signature', 'base64'),
    },
    { ...tern, provider: 'generic', scheme: 'generic', load: known('unknown', 'x-webhook-signature') },
    { ...tern, provider: 'asana', scheme: 'asana', load: described('x-hook-signature', 'hex') },
    { ...tern, provider: 'xero', scheme: 'xero', load: described('x-xero-signature', 'base64') },
  ];
}
