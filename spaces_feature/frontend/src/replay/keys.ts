/** The keys of a replay's page. */

export type KeyAction =
  | { do: 'toggle' | 'next' }
  | { do: 'by'; seconds: number }
  | { do: 'to'; part: number };

export const BACK = 15;
export const FORWARD = 30;
const STEP = 5;

interface Pressed {
  key: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** What a key does, null for any other. The timeline mirrors, so the arrows do. */
export function actionOf({ key, altKey, ctrlKey, metaKey }: Pressed, isRtl: boolean): KeyAction | null {
  if (altKey || ctrlKey || metaKey) return null;
  const ahead = isRtl ? -STEP : STEP;
  switch (key) {
    case ' ':
    case 'k':
      return { do: 'toggle' };
    case 'ArrowRight':
      return { do: 'by', seconds: ahead };
    case 'ArrowLeft':
      return { do: 'by', seconds: -ahead };
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
