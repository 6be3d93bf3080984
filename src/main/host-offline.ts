// What the command line can do without a data folder: judge one request, sign one, answer a handshake.

export { verify, type SecretValue } from './signatures/verify.ts';
export { sign } from './signatures/sign.ts';
export { answerHandshake } from './signatures/handshake.ts';
export { attemptLine, deliveryLine, jsonText, refusedLine, requestLine } from './formats/jsonl.ts';
