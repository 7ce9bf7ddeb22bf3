/** What every element of this page shares: the dependencies, given once by `defineElements`. */

import type { Problem, Session } from '../core/types';
import type { Deps } from '../core/deps';

let given: Deps | undefined;

export function provide(deps: Deps): void {
  given = deps;
}

export function deps(): Deps {
  if (!given) throw new Error('defineElements() comes first');
  return given;
}

/** Registers `element` unless the name is taken: the page may load our bundle twice. */
export function defineOnce(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}

/** Does one thing with the session, inside the tap. Resolves to the problem, or null when all went well. */
export async function attempt(action: (session: Session) => Promise<unknown>): Promise<Problem | null> {
  try {
    await action(await deps().openSession());
    return null;
  } catch (error) {
    const problem = asProblem(error);
    deps().announce(problem.title, true);
    return problem;
  }
}

/** Reads any rejection as a Problem, so that there are always words to show. */
export function asProblem(error: unknown): Problem {
  if (error && typeof error === 'object' && 'title' in error && 'code' in error) return error as Problem;
  return { status: 0, code: 'unclear', title: deps().words.unclear, detail: deps().words.tryAgainSoon };
}
