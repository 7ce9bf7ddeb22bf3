import type { SessionState } from './types';

/** A member without a place anywhere. */
export const IDLE_SESSION: SessionState = {
  space_id: null,
  title: '',
  connection: { kind: 'idle' },
  microphone: { kind: 'none' },
  talking: [],
  levels: {},
  volume: 1,
  quality: 'unknown',
  snapshot: null,
  warning: '',
  ask_refused: '',
  is_silenced: false,
  measures: [],
};
