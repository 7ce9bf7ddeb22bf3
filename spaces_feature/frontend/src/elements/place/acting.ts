/** One action of the member's place, done. The dock and the panel's bar share it. */

import { signInUrl } from '../../core/guests';
import type { Problem } from '../../core/types';
import { attempt, deps } from '../context';
import type { ActionName } from './place';

/** Resolves to the problem, or null. Call it inside the tap: sound and microphone need the gesture. */
export function act(name: Exclude<ActionName, 'howToFix'>): Promise<Problem | null> {
  return attempt((session) => {
    switch (name) {
      case 'ask':
        return session.askToSpeak();
      case 'takeBack':
        return session.takeBack();
      case 'unmute':
        return session.setMicrophone(true);
      case 'mute':
        return session.setMicrophone(false);
      case 'tryMicrophone':
        return session.get().snapshot?.me.role === 'listener' ? session.askToSpeak() : session.setMicrophone(true);
      case 'hear':
        return session.startSound();
      case 'bringHere':
        return session.bringHere();
      case 'tryAgain':
        return session.listen(deps().session.get().space_id ?? '');
      case 'listenNamed':
        return session.listen(deps().session.get().space_id ?? '', { is_anonymous: false });
      case 'acceptInvitation':
        return session.acceptInvitation();
      case 'declineInvitation':
        return session.declineInvitation();
      case 'signIn':
        location.assign(signInUrl(deps().config.sign_in_url, location));
        return Promise.resolve();
      case 'stepDown':
        return session.stepDown();
      case 'leave':
        return session.leave();
      case 'dismiss':
        return Promise.resolve(session.dismiss());
    }
  });
}
