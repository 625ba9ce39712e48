/* The page: ties wire, bubbles and composer together; language, scrolling, focus and what is said about the line. */
(function () {
  "use strict";
  const desk = window.desk;
  const byId = (id) => document.getElementById(id);
  const settings = JSON.parse(byId("settings").textContent);
  const scroller = byId("scroller");
  const log = byId("log");

  const NEAR_BOTTOM_PX = 120;
  const WRITING_AFTER_MS = 300;
  const WRITING_AT_MOST_MS = 4000;
  const ACTED_AT_MOST_MS = 15000;
  const ANSWERED_WITHIN_MS = 1500;
  const LINE_DOWN_AFTER_MS = 1500;
  const SETTLE_MS = 40;

  let language = settings.language;
  let newest = language;
  let isReady = false;
  let hasActed = false;
  let isLineUp = true;
  let isRefused = false;
  let firstNew = null;
  let keepsBottom = true;
  let trouble = "";
  const timers = {};

  function later(name, milliseconds, action) {
    clearTimeout(timers[name]);
    timers[name] = setTimeout(action, milliseconds);
  }

  desk.say = function (key, values) {
    const text = settings.texts[language][key] || key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => (values && name in values ? values[name] : whole));
  };

  /* ---------- sending ---------- */

  function retryButton(again) {
    const button = desk.make("button", { type: "button", class: "retry" }, desk.say("retry"));
    button.addEventListener("click", again);
    return button;
  }

  /** For a while what comes is an answer to the person's own doing and may move the page. */
  function acts() {
    hasActed = true;
    later("acted", ACTED_AT_MOST_MS, () => (hasActed = false));
  }

  function sendTap(button, show) {
    const item = { content: { tap: button }, seen: stream.last() };
    item.show = (state, word) => show(state, word, () => retryButton(() => again(item, state)));
    acts();
    outbox.add(item);
    expectReply();
  }

  function again(item, state) {
    if (state === "failed") outbox.add(item);
    else outbox.flush();
  }

  function sendSaid(text, content) {
    const bubble = bubbles.own(text, language);
    const item = { content, seen: stream.last() };
    item.show = (state, word) => drawOwn(bubble, item, state, word);
    acts();
    scrollTo(bubble.element);
    outbox.add(item);
    expectReply();
  }

  function drawOwn(bubble, item, state, word) {
    bubble.element.dataset.state = state;
    bubble.status.textContent = "";
    if (state === "waiting") bubble.status.append(desk.waiting(word), retryButton(() => again(item, state)));
    if (state === "failed") bubble.status.append(reason(word), retryButton(() => again(item, state)));
    if (keepsBottom) toBottom();
  }

  function reason(word) {
    const known = { too_large: "file_too_large", too_long: "text_too_long", too_many_files: "too_many_files", no_session: "session_lost" };
    return desk.say(known[word] || "not_taken", { limit: Math.floor(settings.limitBytes / 1048576) });
  }

  function sendFile(file) {
    const bubble = bubbles.own(file.name, language);
    const item = { file, seen: stream.last() };
    acts();
    scrollTo(bubble.element);
    if (!file.size || file.size > settings.limitBytes) {
      bubble.element.dataset.state = "failed";
      bubble.status.append(file.size ? reason("too_large") : desk.say("file_empty"));
      return;
    }
    item.show = (state, word) => drawUpload(bubble, item, state, word);
    item.progress = (share) => drawProgress(bubble, share);
    outbox.add(item);
  }

  function drawUpload(bubble, item, state, word) {
    if (state !== "sending") {
      drawOwn(bubble, item, state, word);
      if (state === "sent") bubble.status.append(desk.say("uploaded"));
      if (state === "cancelled") bubble.status.append(desk.say("cancelled"));
      if (state === "waiting") bubble.status.append(cancelButton(item));
      if (state === "sent") expectReply();
      return;
    }
    bubble.element.dataset.state = state;
    bubble.status.textContent = "";
    const label = desk.say("uploading", { name: item.file.name, percent: "" }).replace(/[:\s%]+$/, "");
    const bar = desk.make("progress", { max: "1", value: "0", "aria-label": label });
    bubble.status.append(bar, desk.make("span", { class: "percent", "aria-hidden": "true" }, "0%"), cancelButton(item));
  }

  function cancelButton(item) {
    const button = desk.make("button", { type: "button", class: "retry" }, desk.say("cancel"));
    button.addEventListener("click", () => {
      outbox.cancel(item);
      composer.focus();
    });
    return button;
  }

  function drawProgress(bubble, share) {
    const bar = bubble.status.querySelector("progress");
    if (!bar) return;
    bar.value = share;
    bar.nextElementSibling.textContent = Math.round(share * 100) + "%";
  }

  function expectReply() {
    later("writing", WRITING_AFTER_MS, () => {
      if (outbox.isStalled()) return;
      byId("writing").hidden = false;
      if (keepsBottom) toBottom();
      later("writingEnds", WRITING_AT_MOST_MS, hideWriting);
    });
  }

  function hideWriting() {
    clearTimeout(timers.writing);
    byId("writing").hidden = true;
  }

  /* ---------- hearing ---------- */

  function showRow(row) {
    hideWriting();
    newest = row.language;
    const fresh = bubbles.apply(row);
    firstNew = firstNew || fresh;
    if (!isReady) return;
    clearTimeout(timers.settling);
    timers.settling = setTimeout(settle, SETTLE_MS);
  }

  /** After the rows that came together: the page's language, the composer, the place and the focus. */
  function settle() {
    timers.settling = null;
    speak(newest);
    composer.await(bubbles.awaits());
    const fresh = firstNew;
    firstNew = null;
    if (fresh && (hasActed || keepsBottom)) scrollTo(fresh);
    else if (fresh) byId("newer").hidden = false;
    if (hasActed && fresh) moveFocus();
    else if (hasActed) keepFocus();
    if (hasActed) later("acted", ANSWERED_WITHIN_MS, () => (hasActed = false));
  }

  /** Only from where the person left off, never out of something they are reading or using. */
  function isFocusFree() {
    const active = document.activeElement;
    return !active || active === document.body || composer.owns(active) || log.contains(active);
  }

  function moveFocus() {
    if (!isFocusFree() || byId("menu").open || !composer.isEmpty()) return;
    if (composer.isWritten()) composer.focus();
    else focusOn(bubbles.current());
  }

  /** A button that was pressed and then taken away leaves the focus on its question. */
  function keepFocus() {
    if (!document.activeElement || document.activeElement === document.body) focusOn(bubbles.current());
  }

  function focusOn(element) {
    if (element) element.focus({ preventScroll: true });
  }

  function ready() {
    if (isReady) return;
    isReady = true;
    byId("loading").hidden = true;
    log.removeAttribute("aria-busy");
    composer.enable();
    firstNew = null;
    speak(newest);
    composer.await(bubbles.awaits());
    toBottom();
    if (!window.matchMedia("(pointer: coarse)").matches && composer.isWritten()) composer.focus();
    begin();
  }

  /** A first visit says start; a one-time link says its payload once, under one id until it is taken. */
  function begin() {
    if (!settings.start) {
      if (bubbles.isEmpty()) sendStart(desk.newId(), () => undefined);
      return;
    }
    const id = (history.state && history.state.start) || desk.newId();
    history.replaceState({ start: id }, "");
    sendStart(id, (state) => state === "sent" && history.replaceState(null, "", "/"));
  }

  function sendStart(id, show) {
    outbox.add({ id, content: { command: { word: "start", argument: settings.start } }, seen: stream.last(), show });
    expectReply();
  }

  /* ---------- place ---------- */

  function isAtBottom() {
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_BOTTOM_PX;
  }

  /** Down to the end, but never so far that the beginning of `element` leaves the screen. */
  function scrollTo(element) {
    const head = document.querySelector(".top").offsetHeight + 8;
    const start = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop - head;
    scroller.scrollTop = Math.min(scroller.scrollHeight - scroller.clientHeight, Math.max(0, start));
    byId("newer").hidden = true;
    keepsBottom = isAtBottom();
  }

  function toBottom() {
    scroller.scrollTop = scroller.scrollHeight;
  }

  scroller.addEventListener("scroll", () => {
    keepsBottom = isAtBottom();
    if (keepsBottom) byId("newer").hidden = true;
  });
  byId("newer").addEventListener("click", () => {
    toBottom();
    focusOn(bubbles.current());
  });
  // The keyboard, a notice or a growing text takes room from below: whoever was at the end stays there.
  if (window.ResizeObserver) new ResizeObserver(() => keepsBottom && toBottom()).observe(scroller);

  /* ---------- language ---------- */

  function speak(code) {
    if (code === language || !settings.texts[code]) return;
    language = code;
    document.documentElement.lang = code;
    document.title = byId("title").textContent = settings.titles[code];
    document.querySelectorAll("[data-text]").forEach((element) => (element.textContent = desk.say(element.dataset.text)));
    document.querySelectorAll("[data-label]").forEach((element) => element.setAttribute("aria-label", desk.say(element.dataset.label)));
    byId("languages").querySelectorAll("button").forEach((button) => (button.hidden = button.dataset.language === code));
    drawMenu();
    composer.relabel();
    drawNotice();
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = "page_language=" + code + "; path=/; max-age=31536000; samesite=lax" + secure;
  }

  function drawMenu() {
    const items = settings.menus[language].map(([command, label]) =>
      desk.make("li", {}, desk.make("button", { type: "button", "data-command": command }, label))
    );
    byId("menu-items").textContent = "";
    items.forEach((item) => byId("menu-items").append(item));
  }

  /* ---------- header ---------- */

  function closeMenu() {
    if (!byId("menu").open) return;
    byId("menu").open = false;
    byId("menu").querySelector("summary").focus();
  }

  byId("languages").addEventListener("click", (event) => {
    const code = event.target.dataset.language;
    if (!code) return;
    acts();
    outbox.add({ content: { command: { word: "language", argument: code } }, seen: stream.last(), show: () => undefined });
    expectReply();
  });
  byId("menu-items").addEventListener("click", (event) => {
    const command = event.target.dataset.command;
    if (!command) return;
    closeMenu();
    sendSaid(event.target.textContent, { command: { word: command, argument: "" } });
    document.activeElement.blur();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenu());
  document.addEventListener("click", (event) => {
    if (byId("menu").open && !byId("menu").contains(event.target)) byId("menu").open = false;
  });
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    if (composer.isWritten()) composer.focus();
    else focusOn(bubbles.current());
  });

  /* ---------- the line ---------- */

  function drawNotice() {
    const isDown = !isLineUp || outbox.isStalled();
    const key = isRefused ? "session_lost" : isDown ? (outbox.size() ? "offline_with_unsent" : "offline") : trouble;
    const notice = byId("notice");
    if (notice.dataset.key === key + language) return;
    notice.dataset.key = key + language;
    notice.textContent = key ? desk.say(key) : "";
    if (key !== "session_lost") return;
    const button = desk.make("button", { type: "button", class: "retry" }, desk.say("reload"));
    button.addEventListener("click", () => location.reload());
    notice.append(button);
  }

  function lineChanged(isUp) {
    clearTimeout(timers.line);
    if (isUp) {
      isLineUp = true;
      outbox.flush();
      drawNotice();
    } else if (isLineUp) {
      later("line", navigator.onLine === false ? 0 : LINE_DOWN_AFTER_MS, () => {
        isLineUp = false;
        drawNotice();
      });
    }
  }

  window.addEventListener("offline", () => stream.drop());
  window.addEventListener("online", () => {
    stream.hurry();
    outbox.flush();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && stream.hurry());
  window.addEventListener("pageshow", (event) => event.persisted && stream.hurry());
  window.addEventListener("beforeunload", (event) => {
    if (!outbox.size()) return;
    event.preventDefault();
    event.returnValue = "";
  });

  /* ---------- the parts ---------- */

  const outbox = desk.createOutbox(() => drawNotice());
  const bubbles = desk.createBubbles(log, sendTap);
  const composer = desk.createComposer({
    text: (text) => {
      trouble = "";
      sendSaid(text, { text });
    },
    file: sendFile,
    location: (latitude, longitude) =>
      sendSaid(latitude.toFixed(5) + ", " + longitude.toFixed(5), { location: { latitude, longitude } }),
    trouble: (phrase) => {
      trouble = phrase;
      drawNotice();
    },
  });
  const stream = desk.createStream({
    row: showRow,
    pause: ready,
    line: lineChanged,
    refused: () => {
      isRefused = true;
      drawNotice();
    },
  });
  stream.connect();
})();
