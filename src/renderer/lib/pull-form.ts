// What is asked of a provider's API, as a person fills it in: the fields of each provider are data, so that one form
// draws them all. What the form does not know of a stored description is kept as it is.

import type { PullSetup } from '../../shared/pulls.ts';
import type { Choice } from './choices.ts';
import type { FieldError } from './field-error.ts';
import { messageFor } from './field-error.ts';

/** What can be pulled from. */
export type PullProvider = PullSetup['provider'];

/** One field of a provider. `key` is a dotted path in the description. */
export interface PullField {
  readonly key: string;
  readonly label: string;
  readonly help?: string;
  readonly placeholder?: string;
  /** Offered instead of free text. */
  readonly choices?: readonly Choice[];
  /** Used where nothing is stored. */
  readonly initial?: string;
  readonly number?: true;
  /** Shown only while another field has this value. */
  readonly when?: { readonly key: string; readonly is: readonly string[] };
}

/** What can be chosen, by name. */
export const pullProviderChoices: readonly (Choice & { readonly value: PullProvider })[] = [
  { value: 'github', label: 'GitHub: deliveries of a webhook' },
  { value: 'stripe', label: 'Stripe: events of the account' },
  { value: 'svix', label: 'Svix: messages of an application' },
  { value: 'shopify', label: 'Shopify: orders, products, customers' },
  { value: 'generic', label: 'Any JSON API' },
];

/** A provider's name without what is listed. */
export function pullProviderName(provider: PullProvider): string {
  return provider === 'generic' ? 'JSON API' : (pullProviderChoices.find(({ value }) => value === provider)?.label ?? provider).split(':')[0] ?? provider; // prettier-ignore
}

const hookOwner = 'hookOf';
const repository = { key: hookOwner, is: ['repository'] };

const fields: Readonly<Record<PullProvider, readonly PullField[]>> = {
  github: [
    {
      key: hookOwner,
      label: 'Webhook of',
      initial: 'repository',
      choices: [
        { value: 'repository', label: 'A repository' },
        { value: 'organization', label: 'An organization' },
      ],
    },
    { key: 'owner', label: 'Owner', placeholder: 'octo-org', when: repository },
    { key: 'repo', label: 'Repository', placeholder: 'octo-repo', when: repository },
    { key: 'org', label: 'Organization', placeholder: 'octo-org', when: { key: hookOwner, is: ['organization'] } },
    { key: 'hookId', label: 'Hook number', help: 'At the end of the address of the webhook’s settings page' },
  ],
  stripe: [],
  svix: [
    { key: 'appId', label: 'Application', placeholder: 'app_…', help: 'Its id or uid' },
    {
      key: 'endpointId',
      label: 'Endpoint at Svix',
      placeholder: 'ep_…',
      help: 'Optional; only with it are failed deliveries known',
    },
  ],
  shopify: [
    { key: 'shop', label: 'Shop', placeholder: 'example.myshopify.com' },
    {
      key: 'topic',
      label: 'Topic',
      initial: 'orders/create',
      choices: [
        'orders/create',
        'orders/updated',
        'products/create',
        'products/update',
        'customers/create',
        'customers/update',
      ].map((topic) => ({ value: topic, label: topic })),
    },
    { key: 'apiVersion', label: 'API version', placeholder: '2026-04', help: 'Optional' },
  ],
  generic: [
    { key: 'url', label: 'List URL', placeholder: 'https://api.example.com/events', help: 'The first page' },
    {
      key: 'method',
      label: 'Method',
      initial: 'GET',
      choices: [
        { value: 'GET', label: 'GET' },
        { value: 'POST', label: 'POST' },
      ],
    },
    { key: 'tokenHeader', label: 'Token header', placeholder: 'Authorization', help: 'Optional' },
    { key: 'itemsPath', label: 'List path', placeholder: 'data', help: 'Empty when the page itself is the list' },
    { key: 'idPath', label: 'Id path', placeholder: 'id' },
    { key: 'timePath', label: 'Time path', placeholder: 'created_at' },
    {
      key: 'timeUnit',
      label: 'Time unit',
      initial: 'iso',
      choices: [
        { value: 'iso', label: 'ISO 8601 text' },
        { value: 'seconds', label: 'Seconds' },
        { value: 'milliseconds', label: 'Milliseconds' },
      ],
    },
    { key: 'eventPath', label: 'Event path', placeholder: 'type', help: 'Optional' },
    { key: 'bodyPath', label: 'Body path', placeholder: 'payload', help: 'Optional; else the whole item' },
    { key: 'failedPath', label: 'Failed path', placeholder: 'status', help: 'Optional: tells a failed delivery' },
    {
      key: 'page.kind',
      label: 'Next page',
      initial: 'none',
      choices: [
        { value: 'none', label: 'One page only' },
        { value: 'link', label: 'Link header' },
        { value: 'cursor', label: 'Cursor in the page' },
        { value: 'page', label: 'Counted pages' },
      ],
    },
    { key: 'page.path', label: 'Cursor path', placeholder: 'next', when: { key: 'page.kind', is: ['cursor'] } },
    { key: 'page.param', label: 'Parameter', placeholder: 'page', when: { key: 'page.kind', is: ['cursor', 'page'] } },
    {
      key: 'page.start',
      label: 'First page',
      initial: '1',
      number: true,
      when: { key: 'page.kind', is: ['page'] },
    },
  ],
};

/** Values by field key. */
export type PullValues = Readonly<Record<string, string>>;

/** Fields of a provider that are shown for these values. */
export function shownFields(provider: PullProvider, values: PullValues): readonly PullField[] {
  return fields[provider].filter(({ when }) => when === undefined || when.is.includes(values[when.key] ?? ''));
}

/** Values of a stored description; defaults where it holds none. */
export function valuesOf(provider: PullProvider, config: PullSetup['config']): PullValues {
  const values = fields[provider].map(({ key, initial = '' }) => {
    if (key === hookOwner) return [key, 'org' in config ? 'organization' : 'repository'] as const;
    const value = at(config, key);
    return [key, typeof value === 'string' || typeof value === 'number' ? String(value) : initial] as const;
  });
  return Object.fromEntries(values);
}

/** The description of these values. Fields of `before` that no field of the form stands for are kept. */
export function configOf(provider: PullProvider, values: PullValues, before: PullSetup['config']): PullSetup['config'] {
  const known = new Set(fields[provider].map(({ key }) => key.split('.')[0]));
  const config: Record<string, unknown> = Object.fromEntries(Object.entries(before).filter(([key]) => !known.has(key)));
  for (const { key, number } of shownFields(provider, values)) {
    const text = (values[key] ?? '').trim();
    if (key === hookOwner || (text === '' && key !== 'itemsPath')) continue;
    const value = number === true && /^\d+$/.test(text) ? Number(text) : text;
    const [first = key, second] = key.split('.');
    config[first] = second === undefined ? value : { ...asRecord(config[first]), [second]: value };
  }
  return config;
}

/** The message for a field of the description, or null. The host names it with or without `config`. */
export function configError(error: FieldError | null, key: string): string | null {
  return messageFor(error, key) ?? messageFor(error, `config.${key}`);
}

function at(config: PullSetup['config'], key: string): unknown {
  return key.split('.').reduce<unknown>((value, part) => asRecord(value)[part], config);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
