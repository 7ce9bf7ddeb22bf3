/** The keys of a replay's page. */

export type KeyAction =
  | { do: 'toggle' | 'next' }
  | { do: 'by'; seconds: number }
  | { do: 'to'; part: number };

export const BACK = 15;
export const FORWARD = 30;
const STEP = 5;
const FINE = 1;

interface Pressed {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** Seconds that an arrow goes; with Shift it goes finely. */
export const stepOf = (shiftKey: boolean): number => (shiftKey ? FINE : STEP);

/** What a key does, null for any other. The timeline mirrors, so the arrows do. `withLetters`: also those that type something. */
export function actionOf({ key, shiftKey, altKey, ctrlKey, metaKey }: Pressed, isRtl: boolean, withLetters: boolean): KeyAction | null {
  if (altKey || ctrlKey || metaKey) return null;
  const ahead = isRtl ? -stepOf(shiftKey) : stepOf(shiftKey);
  switch (key) {
    case ' ':
      return { do: 'toggle' };
    case 'ArrowRight':
      return { do: 'by', seconds: ahead };
    case 'ArrowLeft':
      return { do: 'by', seconds: -ahead };
  }
  return withLetters ? typed(key.toLowerCase()) : null;
}

function typed(key: string): KeyAction | null {
  switch (key) {
    case 'k':
      return { do: 'toggle' };
    case 'j':
      return { do: 'by', seconds: -BACK };
    case 'l':
      return { do: 'by', seconds: FORWARD };
    case 'n':
      return { do: 'next' };
    default:
      return /^[0-9]$/.test(key) ? { do: 'to', part: Number(key) / 10 } : null;
  }
}
