// What the command line can do without a data folder: judge one request, sign one, answer a handshake.

export { verify, explain, type SecretValue, type VerifyInput } from './signatures/verify.ts';
export { sign, type SignInput } from './signatures/sign.ts';
export { answerHandshake } from './signatures/handshake.ts';
export { attemptLine, deliveryLine, jsonText, refusedLine, requestLine } from './formats/jsonl.ts';
