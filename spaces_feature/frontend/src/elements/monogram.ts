/** The face of somebody without a picture. The server draws the same one: templates/spaces/_entry.html. */

import type { Profile } from '../core/types';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
const TONES = 8;

/** At most two letters of the name. */
export function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  const chosen = parts.length > 1 ? [parts[0], parts[parts.length - 1]] : parts;
  return chosen.map((part) => [...(part ?? '')][0] ?? '').join('').toUpperCase();
}

/** 0..7, always the same for one member. */
export function tone(user_id: string): number {
  let sum = 0;
  for (const letter of user_id.toLowerCase()) sum = (sum * 3 + ALPHABET.indexOf(letter) + 1) % TONES;
  return sum;
}

export const firstName = (profile: Profile): string => profile.name.trim().split(/\s+/)[0] || profile.username;
