// What is set up before the curtain: secrets, endpoints and targets.

import { secrets } from './senders.ts';
import type { Stage } from './stage.ts';

const reply = { status: 200, headers: [], body: '' } as const;
const endpoint = { toleranceSeconds: null, reply } as const;

/** Three providers' endpoints and their secrets. */
export async function setEndpoints({ call }: Stage): Promise<void> {
  await call('secrets.set', { name: 'stripe dev', value: secrets.stripe, provider: 'stripe' });
  await call('secrets.set', { name: 'github dev', value: secrets.github, provider: 'github' });
  await call('secrets.set', { name: 'shop dev', value: secrets.shop, provider: 'shopify' });
  const list = [
    { id: 'stripe', name: 'Stripe', path: '/in/stripe', provider: 'stripe', secretNames: ['stripe dev'] },
    { id: 'github', name: 'GitHub', path: '/in/github', provider: 'github', secretNames: ['github dev'] },
    { id: 'shop', name: 'Shop', path: '/in/shop', provider: 'shopify', secretNames: ['shop dev'] },
  ];
  for (const one of list) await call('endpoints.save', { ...endpoint, ...one });
}

/** A target that is there and one that is not. */
export async function setTargets({ call }: Stage, url: string): Promise<void> {
  const rest = { provider: 'stripe', events: ['*'], headers: [], schedule: 'quick', state: 'active' } as const;
  await call('targets.save', { ...rest, id: 'local', name: 'localhost:3000', url, secretName: 'stripe dev' });
  await call('targets.save', {
    ...rest,
    id: 'staging',
    name: 'staging',
    url: 'http://127.0.0.1:9/webhooks',
    secretName: 'stripe dev',
    schedule: 'classic',
  });
}
