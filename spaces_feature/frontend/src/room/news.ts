/** What the socket tells of the member's own place beyond the live copy: warned, sent away, moved, speaking switched off. */

import { isGuest } from '../core/guests';
import { removalOf } from '../core/problems';
import type { SessionState, Snapshot, SpaceEvent } from '../core/types';
import { troubleWords as words } from '../core/trouble-words';
import type { SessionParts } from './context';
import type { Driver } from './driver';
import { createReacting } from './reacting';

/** Milliseconds for which somebody who lost the stage is told why. */
const TOLD = 20_000;
/** Milliseconds after which asking may be tried again: nobody tells a page that a switch is back on. */
const AGAIN = 60_000;

export interface News {
  /** The question to speak was refused for `reason`, or by a switch, which may be on again in a while. */
  askRefused(reason: string, isSwitch: boolean): void;
}

/** Whether speaking matters to them now. */
const hasVoice = ({ me }: Snapshot): boolean => me.role !== 'listener' || me.request !== null || me.invitation !== null;

export function listenToNews(
  live: Pick<SessionParts['live'], 'onEvent'>,
  driver: Pick<Driver, 'state' | 'dispatch'>,
  get: () => SessionState,
  patch: (fields: Partial<SessionState>) => void,
  isAnonymous: () => boolean,
): News {
  /** A switch that sends listeners away is for those who are signed out, or for those who listen anonymously. */
  function flagOf(data: SpaceEvent['data']): unknown {
    const isOut = isGuest(get().snapshot?.me.user_id ?? '');
    return data['flag'] ?? (isOut ? 'spaces.guests' : isAnonymous() ? 'spaces.anonymous' : undefined);
  }

  let again: ReturnType<typeof setTimeout> | undefined;
  let told: ReturnType<typeof setTimeout> | undefined;

  function askRefused(reason: string, isSwitch: boolean): void {
    clearTimeout(again);
    const ask_refused = isSwitch ? `${words.speakingOff}. ${words.keepListening}.` : reason;
    patch({ ask_refused });
    if (isSwitch) again = setTimeout(() => get().ask_refused === ask_refused && patch({ ask_refused: '' }), AGAIN);
  }

  function speakingIsOff(): void {
    askRefused('', true);
    const { snapshot } = get();
    if (!snapshot || !hasVoice(snapshot)) return;
    clearTimeout(told);
    patch({ is_silenced: true });
    told = setTimeout(() => patch({ is_silenced: false }), TOLD);
  }

  const reacted = createReacting(get, patch);

  live.onEvent(({ space_id, type, version, data }: SpaceEvent) => {
    if (type === 'warned') patch({ warning: String(data['words'] ?? '') });
    if (space_id !== driver.state.space_id) return;
    if (type === 'reactions') reacted(data);
    if (type === 'removed' && version === null) driver.dispatch({ type: 'sent_away', code: removalOf({ ...data, flag: flagOf(data) }) });
    else if (data['code'] === 'switched_off') speakingIsOff();
    const rejoin = data['rejoin'] as { spread_ms: number } | undefined;
    if (rejoin && version !== null) driver.dispatch({ type: 'room_moved', version, spread_ms: rejoin.spread_ms });
  });

  return { askRefused };
}
