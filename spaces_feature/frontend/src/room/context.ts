/** What the page gives to the room bundle, which is loaded apart from it. */

import type { Api, Tier } from '../core/api';
import type { PageConfig } from '../core/types';
import type { Live } from '../live/live';
import type { Intents } from './intent';
import type { OpenTransport } from './transport';

export interface RoomContext {
  api: Api;
  live: Pick<Live, 'watch' | 'take' | 'refresh' | 'onEvent' | 'startForGuest'>;
  intents: Intents;
  config(): PageConfig;
}

export interface SessionParts extends RoomContext {
  transports: Record<Tier, OpenTransport>;
}
