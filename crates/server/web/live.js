// Progressive enhancement of the Onedoor pages. Every page works without it.
//
//   data-live="URL"      URL of an event stream; an event named `pulse` means "something changed"
//   data-fragment="URL"  HTML fragment that then replaces the content of the same element
//   data-stale="text"    said politely, and shown, while the stream is lost
//   data-print           a click prints the page
//   form[data-once]      its submit buttons are disabled once it has been sent
//
// All clicks and submits are handled on the document, so replaced HTML needs no rebinding.
(() => {
  'use strict';

  const DEBOUNCE = 200;
  const STALE_AFTER = 1000;
  const FETCH_LIMIT = 10000;
  const REOPEN_FIRST = 5000;
  const REOPEN_MOST = 60000;

  /** One stream per URL, shared by all elements that name it. @type {Map<string, object>} */
  const hubs = new Map();
  /** What we know of each live element. @type {WeakMap<Element, object>} */
  const states = new WeakMap();

  // ---------------------------------------------------------------- fragments

  /** True while replacing the content would take away what someone is typing. */
  function occupied(element) {
    const active = document.activeElement;
    if (
      active !== null &&
      element.contains(active) &&
      active.matches('input, select, textarea, [contenteditable]')
    ) {
      return true;
    }
    for (const field of element.querySelectorAll('input, select, textarea')) {
      if (field.type === 'hidden') continue;
      if (field instanceof HTMLSelectElement) {
        const options = Array.from(field.options);
        const preset = options.some((option) => option.defaultSelected);
        if (preset && options.some((option) => option.selected !== option.defaultSelected)) {
          return true;
        }
        if (!preset && !field.multiple && field.selectedIndex > 0) return true;
        if (!preset && field.multiple && field.selectedIndex >= 0) return true;
      } else if (field.type === 'checkbox' || field.type === 'radio') {
        if (field.checked !== field.defaultChecked) return true;
      } else if (field.value !== field.defaultValue) {
        return true;
      }
    }
    return false;
  }

  /** A selector that finds the focused button or link again after a replacement. */
  function focusKey(element) {
    const active = document.activeElement;
    if (active === null || active === element || !element.contains(active)) return null;
    if (active.id !== '') return `#${CSS.escape(active.id)}`;
    const href = active.getAttribute('href');
    return href === null ? null : `a[href="${CSS.escape(href)}"]`;
  }

  function replace(element, html) {
    const next = document.createElement('template');
    next.innerHTML = html;
    const now = document.createElement('template');
    now.innerHTML = element.innerHTML;
    // Details the reader opened or closed are no change of content.
    for (const kept of now.content.querySelectorAll('details[id]')) {
      const twin = next.content.querySelector(`details#${CSS.escape(kept.id)}`);
      if (twin !== null) twin.open = kept.open;
    }
    if (next.innerHTML === now.innerHTML) return;
    const key = focusKey(element);
    element.innerHTML = next.innerHTML;
    if (key !== null) element.querySelector(key)?.focus({ preventScroll: true });
    scan();
  }

  async function refresh(element) {
    const state = states.get(element);
    if (state === undefined || !element.isConnected) return;
    const url = element.dataset.fragment;
    if (!url) return;
    if (state.busy || occupied(element)) {
      state.wanted = true;
      return;
    }
    state.busy = true;
    state.wanted = false;
    const control = new AbortController();
    const limit = setTimeout(() => control.abort(), FETCH_LIMIT);
    try {
      const answer = await fetch(url, {
        credentials: 'same-origin',
        cache: 'no-store',
        redirect: 'manual', // a redirect means "sign in again", never a fragment
        headers: { Accept: 'text/html' },
        signal: control.signal,
      });
      const type = answer.headers.get('content-type') ?? '';
      if (!answer.ok || !type.startsWith('text/html')) throw new Error(`status ${answer.status}`);
      const html = await answer.text();
      if (occupied(element)) {
        state.wanted = true;
      } else {
        replace(element, html);
      }
      state.failed = false;
      state.wait = REOPEN_FIRST;
    } catch {
      state.failed = true;
      state.timer = setTimeout(() => refresh(element), state.wait);
      state.wait = Math.min(state.wait * 2, REOPEN_MOST);
    } finally {
      clearTimeout(limit);
      state.busy = false;
    }
    tell(element);
    if (state.wanted && !occupied(element)) schedule(element);
  }

  function schedule(element) {
    const state = states.get(element);
    if (state === undefined) return;
    clearTimeout(state.timer);
    state.timer = setTimeout(() => refresh(element), DEBOUNCE);
  }

  // ---------------------------------------------------------------- stale note

  function tell(element) {
    const state = states.get(element);
    if (state === undefined) return;
    const stale = state.lost || state.failed;
    element.dataset.liveState = stale ? 'stale' : 'live';
    const text = stale ? (element.dataset.stale ?? '') : '';
    if (state.note.textContent !== text) state.note.textContent = text;
  }

  // ---------------------------------------------------------------- streams

  function open(hub) {
    const source = new EventSource(hub.url);
    hub.source = source;
    source.addEventListener('open', () => {
      clearTimeout(hub.lostTimer);
      hub.wait = REOPEN_FIRST;
      for (const element of hub.elements) {
        states.get(element).lost = false;
        tell(element);
        schedule(element); // what happened while nobody listened
      }
    });
    source.addEventListener('pulse', () => {
      prune(hub);
      for (const element of hub.elements) schedule(element);
    });
    source.addEventListener('error', () => {
      if (hub.source !== source) return;
      clearTimeout(hub.lostTimer);
      hub.lostTimer = setTimeout(() => {
        for (const element of hub.elements) {
          states.get(element).lost = true;
          tell(element);
        }
      }, STALE_AFTER);
      // EventSource reconnects by itself, except after an answer that is no stream.
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(hub.reopenTimer);
        hub.reopenTimer = setTimeout(() => open(hub), hub.wait * (0.75 + Math.random() / 2));
        hub.wait = Math.min(hub.wait * 2, REOPEN_MOST);
      }
    });
  }

  function close(hub) {
    clearTimeout(hub.lostTimer);
    clearTimeout(hub.reopenTimer);
    const source = hub.source;
    hub.source = null;
    source?.close();
  }

  /** Forgets elements that have left the page; closes a stream nobody needs. */
  function prune(hub) {
    for (const element of hub.elements) {
      if (element.isConnected) continue;
      clearTimeout(states.get(element)?.timer);
      hub.elements.delete(element);
    }
    if (hub.elements.size === 0) {
      close(hub);
      hubs.delete(hub.url);
    }
  }

  /** Takes up live elements that are new on the page. */
  function scan() {
    for (const hub of Array.from(hubs.values())) prune(hub);
    for (const element of document.querySelectorAll('[data-live]')) {
      if (states.has(element) || !element.dataset.live) continue;
      const note = document.createElement('p');
      note.className = 'od-stale';
      note.setAttribute('role', 'status');
      element.before(note);
      states.set(element, {
        note,
        timer: 0,
        busy: false,
        wanted: false,
        lost: false,
        failed: false,
        wait: REOPEN_FIRST,
      });
      const url = new URL(element.dataset.live, document.baseURI).href;
      let hub = hubs.get(url);
      if (hub === undefined) {
        hub = {
          url,
          elements: new Set(),
          source: null,
          lostTimer: 0,
          reopenTimer: 0,
          wait: REOPEN_FIRST,
        };
        hubs.set(url, hub);
      }
      hub.elements.add(element);
      if (hub.source === null) open(hub);
    }
  }

  // A postponed replacement follows once the reader leaves the field.
  document.addEventListener('focusout', (event) => {
    const element = event.target instanceof Element ? event.target.closest('[data-live]') : null;
    if (element !== null && states.get(element)?.wanted) schedule(element);
  });

  window.addEventListener('pagehide', () => {
    for (const hub of hubs.values()) close(hub);
  });

  window.addEventListener('pageshow', (event) => {
    for (const form of document.querySelectorAll('form[data-once-sent]')) release(form);
    if (!event.persisted) return;
    for (const hub of hubs.values()) if (hub.source === null) open(hub);
  });

  // ---------------------------------------------------------------- print, once

  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest('[data-print]') === null) return;
    event.preventDefault();
    window.print();
  });

  function submitters(form) {
    return Array.from(form.elements).filter(
      (control) => control.type === 'submit' || control.type === 'image',
    );
  }

  function release(form) {
    delete form.dataset.onceSent;
    for (const control of submitters(form)) {
      if (control.dataset.onceOff === undefined) continue;
      delete control.dataset.onceOff;
      control.disabled = false;
    }
  }

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute('data-once')) return;
    if (form.dataset.onceSent !== undefined) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented) return;
    form.dataset.onceSent = '';
    // Later, since a button disabled now would not send its own name and value.
    setTimeout(() => {
      for (const control of submitters(form)) {
        if (control.disabled) continue;
        control.dataset.onceOff = '';
        control.disabled = true;
      }
    }, 0);
  });

  scan();
})();
