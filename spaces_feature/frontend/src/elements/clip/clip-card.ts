/**
 * What lets `<spaces-clip>` play. The server writes the card, and writes it again when something changed; without script a
 * plain player stands in it. Comes with the first card of the page.
 */

import { clipCalls } from '../../core/clip-calls';
import { clipWords as w } from '../../core/clip-words';
import { takeTurns } from './clip-sound';
import { asProblem, pageDeps } from '../context';
import { giveKeysBack, takeKeys, tellKeys } from '../replay/lock-keys';
import { make } from '../make';

/** Milliseconds: between two looks at a card that is made, and what an address must still live to be used. */
const LOOK = 1500;
const SPARE = 5000;
/** Looks at a card that is made. */
const MOST = 40;

const still = matchMedia('(prefers-reduced-motion: reduce)');

class ClipCard {
  private readonly audio = new Audio();
  private readonly leave: () => void;
  private frame = 0;
  private looks = 0;
  /** When the sound's address is over, milliseconds since the epoch. */
  private until = 0;

  constructor(private readonly element: HTMLElement) {
    this.audio.preload = 'none';
    this.leave = takeTurns(this.audio);
    for (const type of ['play', 'pause', 'ended', 'timeupdate', 'seeked']) this.audio.addEventListener(type, this.draw);
    this.audio.addEventListener('play', this.show);
    this.audio.addEventListener('play', this.run);
    this.audio.addEventListener('play', this.count, { once: true });
    element.addEventListener('click', this.press);
    element.addEventListener('input', this.seek);
    element.addEventListener('keydown', this.key);
    this.watch();
  }

  private get box(): HTMLElement | null {
    return this.element.querySelector('.spaces-clip');
  }

  private get id(): string {
    return this.element.getAttribute('clip-id') ?? '';
  }

  /** The page took the card out: it falls silent. */
  close(): void {
    this.leave();
    giveKeysBack(this);
    cancelAnimationFrame(this.frame);
  }

  private press = (event: MouseEvent): void => {
    const pressed = (event.target as Element).closest<HTMLElement>('button, summary');
    if (!pressed || !this.element.contains(pressed)) return;
    const { clipAway, clipAnswer, clipCopy, clipSure } = pressed.dataset;
    if (pressed.classList.contains('spaces-clip__play')) void this.toggle();
    else if (clipCopy !== undefined) void this.copy();
    else if (clipAway) this.ask(clipAway === 'withdraw');
    else if (clipAnswer) void this.command(() => this.answer(clipAnswer === 'yes'));
    else if (clipSure === 'yes') void this.command(() => this.takeBack());
    else if (clipSure) {
      this.element.querySelector('.spaces-clip__sure')?.remove();
      this.element.querySelector('summary')?.focus();
    }
  };

  private async toggle(): Promise<void> {
    if (!this.audio.paused) {
      this.audio.pause();
      return;
    }
    // Some browsers let only sound play later that a tap has touched; its address comes first.
    if (!this.audio.src) this.audio.load();
    try {
      await this.play();
    } catch (error) {
      if ((error as Error).name !== 'AbortError') await this.explain();
    }
  }

  /** By an address that is asked for when it is needed: they live for minutes, pages stay open for hours. */
  private async play(): Promise<void> {
    if (this.audio.error || Date.now() + SPARE > this.until) await this.renew();
    await this.audio.play();
  }

  private async renew(): Promise<void> {
    const { url, url_expires_at } = await clipCalls(pageDeps().api).read(this.id);
    if (!url) throw new Error('it is made');
    const at = this.audio.currentTime;
    this.until = url_expires_at ? Date.parse(url_expires_at) : Infinity;
    this.audio.src = url;
    if (at) this.audio.currentTime = at;
  }

  private count = (): void => {
    clipCalls(pageDeps().api).played(this.id).catch(() => undefined);
  };

  /** It did not play: perhaps it was taken back. */
  private async explain(): Promise<void> {
    await this.refresh().catch(() => undefined);
    if (this.box?.dataset['state'] === 'ready') pageDeps().announce(w.cannotPlay, true);
  }

  /** The card as the server writes it now. */
  private async refresh(): Promise<void> {
    const answer = await fetch(`${pageDeps().config.prefix}/clips/${encodeURIComponent(this.id)}/card`, { credentials: 'same-origin' });
    if (!answer.ok) return;
    this.element.innerHTML = await answer.text();
    if (this.box?.dataset['state'] === 'gone') this.audio.pause();
    this.draw();
  }

  /** A card that is made or waited for becomes one that plays. */
  private watch(): void {
    if (this.box?.dataset['state'] !== 'making' || this.looks >= MOST) return;
    this.looks += 1;
    setTimeout(() => {
      if (!this.element.isConnected) return;
      const look = document.hidden || this.element.contains(document.activeElement) ? Promise.resolve() : this.refresh();
      void look.catch(() => undefined).then(() => this.watch());
    }, LOOK);
  }

  private async copy(): Promise<void> {
    const page = this.element.querySelector<HTMLAnchorElement>('.spaces-clip__title a');
    if (!page) return;
    this.element.querySelector('details')?.removeAttribute('open');
    this.element.querySelector('summary')?.focus({ preventScroll: true });
    try {
      await navigator.clipboard.writeText(page.href);
      pageDeps().announce(w.copied, true);
    } catch {
      window.prompt(w.copy, page.href);
    }
  }

  private ask(isOwnVoice: boolean): void {
    const say = (question: string, line: string, sure: string) =>
      make(
        'div', { class: 'spaces-clip__ask spaces-clip__sure', role: 'group', 'aria-label': question },
        make('p', {}, make('b', {}, question), ' ', make('small', {}, line)),
        make(
          'div', { class: 'spaces-clip__pair' },
          make('button', { class: 'spaces-button', type: 'button', 'data-clip-sure': 'no' }, w.keep),
          make('button', { class: 'spaces-button spaces-button--danger', type: 'button', 'data-clip-sure': 'yes' }, sure),
        ),
      );
    this.element.querySelector('details')?.removeAttribute('open');
    this.element.querySelector('.spaces-clip__sure')?.remove();
    const asked = isOwnVoice ? say(w.withdrawQuestion, w.withdrawLine, w.withdraw) : say(w.deleteQuestion, w.deleteLine, w.delete);
    this.element.querySelector('.spaces-clip__who')?.before(asked);
    asked.querySelector('button')?.focus();
  }

  private async command(run: () => Promise<string>): Promise<void> {
    const buttons = [...this.element.querySelectorAll<HTMLButtonElement>('.spaces-clip__pair button')];
    if (buttons.some((one) => one.getAttribute('aria-busy') === 'true')) return;
    for (const one of buttons) one.setAttribute('aria-busy', 'true');
    try {
      const said = await run();
      const had = this.element.contains(document.activeElement);
      await this.refresh();
      if (had) this.takeFocus();
      pageDeps().announce(said, true);
      this.looks = 0;
      this.watch();
    } catch (error) {
      for (const one of buttons) one.removeAttribute('aria-busy');
      pageDeps().announce(asProblem(error).title, true);
    }
  }

  /** What was pressed is gone. */
  private takeFocus(): void {
    const next = this.element.querySelector<HTMLElement>('.spaces-clip__play, .spaces-clip__title a, p');
    if (next?.matches('p')) next.tabIndex = -1;
    next?.focus({ preventScroll: true });
  }

  private async takeBack(): Promise<string> {
    await clipCalls(pageDeps().api).takeBack(this.id);
    return w.isTakenBack;
  }

  private async answer(agrees: boolean): Promise<string> {
    await clipCalls(pageDeps().api).permit(this.id, agrees);
    return agrees ? w.isPermitted : w.isRefused;
  }

  private seek = (event: Event): void => {
    const slider = event.target as HTMLInputElement;
    if (!slider.classList.contains('spaces-clip__seek')) return;
    const at = Number(slider.value);
    const go = () => {
      this.audio.currentTime = at;
      this.draw();
    };
    if (this.audio.readyState > 0) go();
    else void this.toggle().then(go);
  };

  private key = (event: KeyboardEvent): void => {
    const more = this.element.querySelector<HTMLDetailsElement>('details[open]');
    if (event.key !== 'Escape' || !more) return;
    more.open = false;
    more.querySelector('summary')?.focus();
    event.stopPropagation();
  };

  /** On the lock screen, while no Space is there. */
  private show = (): void => {
    const { audio, element } = this;
    const text = (place: string) => element.querySelector(place)?.textContent?.trim() ?? '';
    takeKeys(this, {
      title: text('.spaces-clip__title'),
      artist: text('.spaces-clip__names b'),
      picture: element.querySelector('.spaces-clip__who img')?.getAttribute('src') ?? '',
      keys: {
        play: () => void (audio.paused && this.toggle()),
        pause: () => audio.pause(),
        seekto: ({ seekTime }) => seekTime != null && (audio.currentTime = seekTime),
      },
    });
  };

  private run = (): void => {
    if (this.audio.paused || still.matches) return;
    if (!this.element.isConnected) this.close();
    this.place();
    this.frame = requestAnimationFrame(this.run);
  };

  private place(): void {
    const length = Number(this.box?.dataset['seconds']) || this.audio.duration || 1;
    this.box?.style.setProperty('--spaces-at', String(Math.min(100, (100 * this.audio.currentTime) / length)));
  }

  private draw = (): void => {
    const { box, audio } = this;
    if (!box) return;
    if (!this.element.isConnected) this.close();
    if (audio.ended) audio.currentTime = 0;
    const at = audio.currentTime;
    const length = Number(box.dataset['seconds']);
    const title = box.querySelector('.spaces-clip__title')?.textContent?.trim() ?? '';
    tellKeys(this, !audio.paused, length, at, 1);
    box.toggleAttribute('data-plays', !audio.paused);
    box.querySelector('.spaces-clip__play')?.setAttribute('aria-label', audio.paused ? w.playTitle(title) : w.pauseTitle(title));
    this.place();
    const slider = box.querySelector<HTMLInputElement>('.spaces-clip__seek');
    if (slider) {
      slider.value = String(at);
      slider.setAttribute('aria-valuetext', w.place(at, length));
    }
    const shown = box.querySelector('[data-clip-at]');
    if (shown) shown.textContent = `${Math.floor(at / 60)}:${String(Math.floor(at % 60)).padStart(2, '0')}`;
  };
}

/** A press anywhere else closes what is open. */
document.addEventListener('pointerdown', ({ target }) => {
  for (const more of document.querySelectorAll<HTMLDetailsElement>('.spaces-clip__more[open]'))
    if (!more.contains(target as Node)) more.open = false;
});

const cards = new WeakMap<Element, ClipCard>();

/** Takes over a card that the server wrote. */
export function arrive(element: HTMLElement): void {
  if (!cards.has(element)) cards.set(element, new ClipCard(element));
}
