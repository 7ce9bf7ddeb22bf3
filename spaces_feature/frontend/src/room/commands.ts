/** What the member may do with a Space, as commands to the server whose answers go into the live copy. */

import type { Api } from '../core/api';
import type { Problem, Session, SessionState, Snapshot, Store } from '../core/types';

export type Commands = Pick<
  Session,
  | 'takeBack' | 'accept' | 'decline' | 'stepDown' | 'moveToAudience' | 'end' | 'edit' | 'invite' | 'withdrawInvitation'
  | 'declineInvitation' | 'nameCohost' | 'dismissCohost' | 'handOver' | 'mute' | 'liftMute' | 'muteAll' | 'remove'
  | 'liftRemoval' | 'askToSpeak' | 'acceptInvitation'
>;

type Send = (command: (space_id: string) => Promise<Snapshot>) => Promise<void>;

/** Refusals that hold until who may speak is changed, or until a switch is on again. */
const LIMITED = new Set(['speak_following', 'speak_invited', 'not_open_yet', 'switched_off']);

/**
 * `send` runs a command about the current Space, without one it does nothing; `approach` does so with the microphone in
 * hand. `limited` hears why the member may not ask, and whether a switch is off.
 */
export function createCommands(
  api: Api,
  send: Send,
  approach: Send,
  session: Pick<Store<SessionState>, 'get'>,
  limited: (reason: string, isSwitch: boolean) => void,
): Commands {
  return {
    async askToSpeak() {
      try {
        await approach(api.ask);
      } catch (error) {
        const { code, title } = error as Problem;
        if (LIMITED.has(code)) limited(title, code === 'switched_off');
        throw error;
      }
    },
    /** Who is on stage already has a microphone, or does without. */
    acceptInvitation: () =>
      (session.get().snapshot?.me.role === 'listener' ? approach : send)(api.acceptInvitation),
    takeBack: () => send(api.takeBack),
    accept: (user_id) => send((id) => api.accept(id, user_id)),
    decline: (user_id) => send((id) => api.decline(id, user_id)),
    stepDown: () => send(api.stepDown),
    moveToAudience: (user_id) => send((id) => api.moveToAudience(id, user_id)),
    end: () => send(api.end),
    edit: (patch) => send((id) => api.edit(id, patch)),
    invite: (user_id, role) => send((id) => api.invite(id, user_id, role)),
    withdrawInvitation: (user_id) => send((id) => api.withdrawInvitation(id, user_id)),
    declineInvitation: () => send(api.declineInvitation),
    nameCohost: (user_id) => send((id) => api.nameCohost(id, user_id)),
    dismissCohost: (user_id) => send((id) => api.dismissCohost(id, user_id)),
    handOver: (user_id) => send((id) => api.handOver(id, user_id)),
    mute: (user_id, reason) => send((id) => api.mute(id, user_id, reason)),
    liftMute: (user_id) => send((id) => api.liftMute(id, user_id)),
    muteAll: () => send(api.muteAll),
    remove: (user_id, reason) => send((id) => api.remove(id, user_id, reason)),
    liftRemoval: (user_id) => send((id) => api.liftRemoval(id, user_id)),
  };
}
