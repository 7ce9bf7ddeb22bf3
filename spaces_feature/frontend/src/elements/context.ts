/** What every element of this page shares: the dependencies, given once by `defineElements`. */

// What every page holds and parts that come later use too. Here, where all of them look, it is one file with this one;
// each by itself it would be a request of its own for every page.
import '../core/guests';
import '../core/no-answer';
import '../core/page-words';
import '../core/store';
import './make';
import './monogram';
import type { Problem, Session } from '../core/types';
import type { Deps, PageDeps } from '../core/deps';
import type { Words } from '../core/words';

let given: PageDeps | undefined;
let all: Deps | undefined;

export function provide(deps: PageDeps): void {
  given = deps;
}

/** The room's sentences arrive with its elements. */
export function provideWords(words: Words): void {
  all = Object.create(pageDeps(), { words: { value: words } }) as Deps;
}

/** For the parts that every page loads. */
export function pageDeps(): PageDeps {
  if (!given) throw new Error('defineElements() comes first');
  return given;
}

export function deps(): Deps {
  if (!all) throw new Error('the elements of the room come first');
  return all;
}

/** Registers `element` unless the name is taken: the page may load our bundle twice. */
export function defineOnce(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}

/** Does one thing with the session, inside the tap. Resolves to the problem, or null when all went well. */
export async function attempt(action: (session: Session) => Promise<unknown>): Promise<Problem | null> {
  try {
    await action(await pageDeps().openSession());
    return null;
  } catch (error) {
    const problem = asProblem(error);
    pageDeps().announce(problem.title, true);
    return problem;
  }
}

/** Reads any rejection as a Problem, so that there are always words to show. */
export function asProblem(error: unknown): Problem {
  if (error && typeof error === 'object' && 'title' in error && 'code' in error) return error as Problem;
  return { status: 0, code: 'unclear', title: pageDeps().words.unclear, detail: pageDeps().words.tryAgainSoon };
}
