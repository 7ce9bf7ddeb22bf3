/** Problems of any call that got no answer, or none that says what is wrong, in the shape of those that the server tells. */

import { pageWords as words } from './page-words';
import type { Problem } from './types';

export const problem = (status: number, code: string, title: string, detail: string): Problem => ({
  status,
  code,
  title,
  detail,
});

export const UNREACHABLE = problem(0, 'unreachable', words.unreachable, words.unreachableHelp);
export const TOO_SLOW = problem(0, 'timeout', words.tooSlow, words.unreachableHelp);
export const ABORTED = problem(0, 'aborted', words.tooSlow, '');

export const unexpected = (status: number): Problem =>
  problem(status, 'unexpected', words.unclear, words.tryAgainSoon);

/** Whether the same call may well succeed a moment later: no answer, or a part behind the API is away. */
export const isPassing = (status: number): boolean => status === 0 || status === 429 || status >= 500;
