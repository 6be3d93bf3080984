// Which addresses count as near; names are looked up, once each.

import { expect, test } from 'vitest';
import { checkNear } from '../../../../src/main/volume/near.ts';

const never = () => Promise.reject(new Error('an address was looked up'));

test.each([
  'http://127.0.0.1:3000/hooks',
  'http://127.9.8.7/',
  'http://[::1]:3000/',
  'http://10.1.2.3/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.1.1/',
  'http://[fd12:3456::1]/',
  'http://[::ffff:192.168.1.1]/',
])('%s is near', async (url) => {
  await expect(checkNear([url], never)).resolves.toBeUndefined();
});

test.each([
  ['http://8.8.8.8/', '8.8.8.8'],
  ['http://172.32.0.1/', '172.32.0.1'],
  ['http://11.0.0.1/', '11.0.0.1'],
  ['http://[2001:db8::1]/', '2001:db8::1'],
  ['http://[::ffff:8.8.8.8]/', '::ffff:808:808'],
])('%s is not', async (url, address) => {
  await expect(checkNear(['http://127.0.0.1/', url], never)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    details: { field: 'confirmed', address },
  });
});

test('a name is near when all its addresses are, and is looked up once', async () => {
  const asked: string[] = [];
  const answers: Record<string, readonly string[]> = {
    'app.test': ['127.0.0.1', '::1'],
    'mixed.test': ['10.0.0.1', '203.0.113.7'],
    'nowhere.test': [],
  };
  const lookup = (host: string) => {
    asked.push(host);
    return Promise.resolve(answers[host] ?? []);
  };
  await checkNear(['http://app.test/a', 'http://app.test/b'], lookup);
  expect(asked).toEqual(['app.test']);
  await expect(checkNear(['http://mixed.test/'], lookup)).rejects.toThrow(
    'mixed.test is 203.0.113.7, which lies outside',
  );
  await expect(checkNear(['http://nowhere.test/'], lookup)).rejects.toThrow('nowhere.test could not be looked up');
  await expect(checkNear(['http://error.test/'], never)).rejects.toThrow('error.test could not be looked up');
});
