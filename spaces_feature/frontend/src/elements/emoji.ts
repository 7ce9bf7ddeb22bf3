/** The drawings of the reactions, inlined when built. Decoration: the name stands beside them. */

import { html, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import clap from 'emoji:clapping-hands.svg';
import laugh from 'emoji:face-with-tears-of-joy.svg';
import fire from 'emoji:fire.svg';
import hundred from 'emoji:hundred-points.svg';
import hands from 'emoji:raising-hands.svg';
import heart from 'emoji:red-heart.svg';
import type { Reaction } from '../core/reactions';

const markup: Record<Reaction, string> = { heart, clap, laugh, fire, hundred, hands };

export const emoji = (name: Reaction): TemplateResult =>
  html`<span class="emoji" aria-hidden="true">${unsafeHTML(markup[name])}</span>`;
