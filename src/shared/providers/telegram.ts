// Telegram bots (core.telegram.org/bots/api#setwebhook): no signature; the text given to setWebhook comes back in a
// header of every update. What happened is told by which member of the update is there.

import { defineProvider } from './define.ts';
import type { ValueSource } from './sources.ts';

/** Members of an update; one is there besides `update_id`. */
const updates = [
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'business_connection',
  'business_message',
  'edited_business_message',
  'deleted_business_messages',
  'message_reaction',
  'message_reaction_count',
  'inline_query',
  'chosen_inline_result',
  'callback_query',
  'shipping_query',
  'pre_checkout_query',
  'purchased_paid_media',
  'poll',
  'poll_answer',
  'my_chat_member',
  'chat_member',
  'chat_join_request',
  'chat_boost',
  'removed_chat_boost',
] as const;

/** Telegram bot updates. */
export const telegram = defineProvider({
  id: 'telegram',
  name: 'Telegram bot',
  docsUrl: 'https://core.telegram.org/bots/api#setwebhook',
  detect: ['x-telegram-bot-api-secret-token'],
  schemes: [
    {
      kind: 'token',
      id: 'telegram-secret-token',
      secretType: 'utf8',
      places: [{ in: 'header', name: 'X-Telegram-Bot-Api-Secret-Token' }],
      caveat: 'The request carries the secret itself, and nothing protects the body.',
    },
  ],
  deliveryId: [{ from: 'json', path: 'update_id' }],
  eventType: updates.map((name): ValueSource => ({ from: 'present', path: name, value: name })),
  headers: [['Content-Type', 'application/json']],
  secretForm: { prefix: '', encoding: 'base64url' },
  secretHint: 'The secret_token that you gave to setWebhook: 1 to 256 of A-Z, a-z, 0-9, _ and -; not the bot’s token',
  samples: [
    {
      name: 'message',
      contentType: 'application/json',
      body:
        '{"update_id":{{unix}},\n"message":{"message_id":7,"from":{"id":100000001,"is_bot":false,"first_name":"Ada",' +
        '"last_name":"Example","username":"ada_example","language_code":"en"},"chat":{"id":100000001,' +
        '"first_name":"Ada","last_name":"Example","username":"ada_example","type":"private"},"date":{{unix}},' +
        '"text":"/start","entities":[{"offset":0,"length":6,"type":"bot_command"}]}}',
    },
    {
      name: 'callback_query',
      contentType: 'application/json',
      body:
        '{"update_id":{{unix}},\n"callback_query":{"id":"{{unixMs}}","from":{"id":100000001,"is_bot":false,' +
        '"first_name":"Ada","username":"ada_example","language_code":"en"},"message":{"message_id":8,' +
        '"from":{"id":200000001,"is_bot":true,"first_name":"Example Bot","username":"example_bot"},' +
        '"chat":{"id":100000001,"first_name":"Ada","username":"ada_example","type":"private"},"date":{{unix}},' +
        '"text":"Sure?","reply_markup":{"inline_keyboard":[[{"text":"Yes","callback_data":"yes"}]]}},' +
        '"chat_instance":"-3000000000000000001","data":"yes"}}',
    },
    {
      name: 'my_chat_member',
      contentType: 'application/json',
      body:
        '{"update_id":{{unix}},\n"my_chat_member":{"chat":{"id":100000001,"first_name":"Ada",' +
        '"username":"ada_example","type":"private"},"from":{"id":100000001,"is_bot":false,"first_name":"Ada",' +
        '"username":"ada_example"},"date":{{unix}},"old_chat_member":{"user":{"id":200000001,"is_bot":true,' +
        '"first_name":"Example Bot","username":"example_bot"},"status":"member"},' +
        '"new_chat_member":{"user":{"id":200000001,"is_bot":true,"first_name":"Example Bot",' +
        '"username":"example_bot"},"status":"kicked","until_date":0}}}',
    },
  ],
  retry: { summary: 'Until a 2xx, giving up after a number of attempts that Telegram does not publish.' },
  notes: [
    'Without secret_token in setWebhook, updates carry nothing that could be checked.',
    'The answer may itself be a call of a method: JSON with “method” in it is carried out.',
    'update_id grows by one for each update, and is the same when an update is repeated.',
  ],
});
