/** Phosphor icons, inlined when built. They are decoration: the name stands in the text or label beside them. */

import { html, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import arrowDown from '@phosphor-icons/core/regular/arrow-down.svg';
import broadcast from '@phosphor-icons/core/regular/broadcast.svg';
import caretDown from '@phosphor-icons/core/bold/caret-down-bold.svg';
import caretRight from '@phosphor-icons/core/bold/caret-right-bold.svg';
import caretUp from '@phosphor-icons/core/bold/caret-up-bold.svg';
import check from '@phosphor-icons/core/bold/check-bold.svg';
import devices from '@phosphor-icons/core/fill/device-mobile-fill.svg';
import flag from '@phosphor-icons/core/regular/flag.svg';
import hand from '@phosphor-icons/core/regular/hand.svg';
import handUp from '@phosphor-icons/core/fill/hand-fill.svg';
import more from '@phosphor-icons/core/bold/dots-three-bold.svg';
import headphones from '@phosphor-icons/core/fill/headphones-fill.svg';
import hidden from '@phosphor-icons/core/regular/eye-slash.svg';
import hourglass from '@phosphor-icons/core/fill/hourglass-fill.svg';
import lock from '@phosphor-icons/core/fill/lock-simple-fill.svg';
import microphone from '@phosphor-icons/core/regular/microphone.svg';
import microphoneOn from '@phosphor-icons/core/fill/microphone-fill.svg';
import microphoneOff from '@phosphor-icons/core/fill/microphone-slash-fill.svg';
import noNetwork from '@phosphor-icons/core/fill/wifi-slash-fill.svg';
import noSound from '@phosphor-icons/core/fill/speaker-slash-fill.svg';
import pause from '@phosphor-icons/core/fill/pause-fill.svg';
import popOut from '@phosphor-icons/core/regular/picture-in-picture.svg';
import profile from '@phosphor-icons/core/regular/user-circle.svg';
import share from '@phosphor-icons/core/regular/share-network.svg';
import sound from '@phosphor-icons/core/fill/speaker-high-fill.svg';
import users from '@phosphor-icons/core/regular/users-three.svg';
import warning from '@phosphor-icons/core/fill/warning-circle-fill.svg';
import x from '@phosphor-icons/core/bold/x-bold.svg';
import crown from '@phosphor-icons/core/regular/crown.svg';
import link from '@phosphor-icons/core/regular/link-simple.svg';
import microphoneSlash from '@phosphor-icons/core/regular/microphone-slash.svg';
import pencil from '@phosphor-icons/core/regular/pencil-simple.svg';
import plus from '@phosphor-icons/core/regular/plus.svg';
import prohibit from '@phosphor-icons/core/regular/prohibit.svg';
import search from '@phosphor-icons/core/regular/magnifying-glass.svg';
import signOut from '@phosphor-icons/core/regular/sign-out.svg';
import userMinus from '@phosphor-icons/core/regular/user-minus.svg';
import userPlus from '@phosphor-icons/core/regular/user-plus.svg';
import bell from '@phosphor-icons/core/regular/bell.svg';
import bellOff from '@phosphor-icons/core/regular/bell-slash.svg';
import bellOn from '@phosphor-icons/core/fill/bell-fill.svg';
import calendar from '@phosphor-icons/core/regular/calendar-blank.svg';
import chart from '@phosphor-icons/core/regular/chart-bar.svg';
import calendarPlus from '@phosphor-icons/core/regular/calendar-plus.svg';
import clock from '@phosphor-icons/core/regular/clock.svg';
import smiley from '@phosphor-icons/core/regular/smiley.svg';
import globe from '@phosphor-icons/core/regular/globe-hemisphere-west.svg';
import pin from '@phosphor-icons/core/regular/push-pin.svg';
import pinOff from '@phosphor-icons/core/regular/push-pin-slash.svg';
import userSwitch from '@phosphor-icons/core/regular/user-switch.svg';
import play from '@phosphor-icons/core/fill/play-fill.svg';
import record from '@phosphor-icons/core/regular/record.svg';
import scissors from '@phosphor-icons/core/regular/scissors.svg';

/** The dot of a recording, struck out: a voice that is not in it. */
const leftOut =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256" fill="currentColor"><g transform="rotate(45 128 128)"><rect x="12" y="118" width="232" height="20" rx="10"/><path d="M62 100a66 66 0 0 1 132 0zM62 156a66 66 0 0 0 132 0z"/></g></svg>';

const markup = {
  arrowDown, broadcast, caretDown, caretRight, caretUp, check, devices, flag, hand, handUp, headphones, hidden, hourglass, lock, microphone,
  microphoneOn, microphoneOff, more, noNetwork, noSound, pause, popOut, profile, share, sound, users, warning, x,
  crown, link, microphoneSlash, pencil, plus, prohibit, search, signOut, userMinus, userPlus, userSwitch,
  bell, bellOff, bellOn, calendar, calendarPlus, chart, clock, globe, pin, pinOff, smiley,
  leftOut, play, record, scissors,
};

export type IconName = keyof typeof markup;

export const icon = (name: IconName): TemplateResult =>
  html`<span class="icon" data-icon=${name} aria-hidden="true">${unsafeHTML(markup[name])}</span>`;
