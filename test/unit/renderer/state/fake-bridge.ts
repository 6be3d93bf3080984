// A host for the tests of the window's state: answers from functions that a test may replace, and sends news on demand.

import type { Bridge, CommandInput, CommandName, CommandOutput } from '../../../../src/shared/contract.ts';
import type { ChangeBatch } from '../../../../src/shared/news.ts';
import type { Result } from '../../../../src/shared/errors.ts';
import { snapshot } from '../samples.ts';

type Answers = {
  [N in CommandName]?: (input: CommandInput<N>) => Result<CommandOutput<N>> | Promise<Result<CommandOutput<N>>>;
};

/** The bridge and what a test does with it. */
export interface FakeBridge {
  readonly bridge: Bridge;
  readonly answers: Answers;
  /** Names of the calls so far. */
  readonly calls: readonly string[];
  readonly emit: (batch: ChangeBatch) => void;
}

/** A good answer. */
export function good<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** Starts with an empty history. */
export function createFakeBridge(): FakeBridge {
  const listeners = new Set<(batch: ChangeBatch) => void>();
  const calls: string[] = [];
  const answers: Answers = {
    'state.get': () => good(snapshot(0)),
    'requests.list': () => good({ rows: [], more: false }),
    'requests.activity': () => good({ counts: [{ total: 0, failed: 0 }] }),
    'deliveries.list': () => good([]),
    'refused.list': () => good([]),
    'pulls.list': () => good([]),
  };
  const bridge: Bridge = {
    async call<N extends CommandName>(name: N, input: CommandInput<N>): Promise<Result<CommandOutput<N>>> {
      calls.push(name);
      const answer = answers[name];
      if (!answer) throw new Error(`no answer for ${name}`);
      return answer(input);
    },
    onChanges(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return { bridge, answers, calls, emit: (batch) => listeners.forEach((listener) => listener(batch)) };
}
