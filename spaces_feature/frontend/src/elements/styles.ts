import { css, unsafeCSS, type CSSResultGroup } from 'lit';
import base from '../styles/base.css?inline';

/** The base sheet and the element's own, as adopted style sheets: no style element, so a strict CSP stays content. */
export const styled = (...sheets: string[]): CSSResultGroup => [base, ...sheets].map((text) => css`${unsafeCSS(text)}`);
