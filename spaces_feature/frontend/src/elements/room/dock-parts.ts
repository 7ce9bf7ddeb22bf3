/** What the dock and the room draw alike. */

import { html, type TemplateResult } from 'lit';
import type { Problem } from '../../core/types';
import { face } from '../face';
import { icon } from '../icons';
import type { Mark } from '../place/place';

/** A face with its ripples, or a round icon. */
export function markOf(mark: Mark, size: number): TemplateResult {
  return mark.kind === 'face'
    ? face(mark.profile, size, mark)
    : html`<span class="mark ${mark.tone}">${icon(mark.icon)}</span>`;
}

/** A refusal that is known before anything is asked. */
export const refusedBefore = (title: string): Problem => ({ status: 0, code: 'refused_before', title, detail: '' });

/** A refusal in plain words. */
export function problemLine(problem: Problem, name = ''): TemplateResult {
  return html`<p class="problem ${name}" role="alert">
    ${icon('warning')}<span><b>${problem.title}</b> ${problem.detail}</span>
  </p>`;
}
