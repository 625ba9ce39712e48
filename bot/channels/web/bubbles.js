/* The bubbles: the house's messages with their buttons, changed in place where the house says so, and one's own. */
(function () {
  "use strict";
  const desk = (window.desk = window.desk || {});

  const QUIET = /^◀|▶$/;
  const CHANGE = /^(✏️|✏)/;
  const PRIMARY = /^(✅|📨)/;
  const TICK = /^[☐☑]\s*/;

  desk.make = function (tag, attributes, ...children) {
    const element = document.createElement(tag);
    Object.keys(attributes || {}).forEach((name) => {
      if (attributes[name] !== null) element.setAttribute(name, attributes[name]);
    });
    children.forEach((child) => element.append(child));
    return element;
  };
  const make = desk.make;

  /** A tick button's id differs with its state, so it is known by its label. */
  function keyOf(button) {
    return TICK.test(button.label) ? "tick " + button.label.replace(TICK, "") : button.id + button.url;
  }

  function kindOf(label) {
    if (CHANGE.test(label)) return "change";
    if (QUIET.test(label)) return "quiet";
    return PRIMARY.test(label) ? "primary" : "plain";
  }

  function newControl(button) {
    if (!button.url) return make("button", { type: "button" });
    const link = make("a", { target: "_blank", rel: "noopener noreferrer" });
    link.href = button.url;
    return link;
  }

  function drawControl(control, button) {
    const isTick = TICK.test(button.label);
    const label = button.label.replace(TICK, "");
    control.className = "button " + (isTick ? "tick" : kindOf(label));
    if (isTick) control.setAttribute("aria-pressed", String(button.label.startsWith("☑")));
    if (control.textContent !== label) control.textContent = label;
    if (button.url) control.append(make("span", { class: "out-of-sight" }, " (" + desk.say("opens_new_window") + ")"));
    control.dataset.button = button.id;
    control.removeAttribute("aria-busy");
  }

  /** Put `wanted` into `parent` in this order, moving only what stands elsewhere: a moved element loses the focus. */
  function arrange(parent, wanted) {
    wanted.forEach((element, place) => {
      if (parent.children[place] !== element) parent.insertBefore(element, parent.children[place] || null);
    });
    while (parent.children.length > wanted.length) parent.lastElementChild.remove();
  }

  function drawButtons(bubble, rows) {
    const known = new Map();
    bubble.controls.forEach((control, key) => known.set(key, control));
    bubble.controls = new Map();
    const lines = rows.map((buttons, place) => {
      const line = bubble.buttons.children[place] || make("div", { class: "row" });
      const controls = buttons.map((button) => {
        const control = known.get(keyOf(button)) || newControl(button);
        drawControl(control, button);
        bubble.controls.set(keyOf(button), control);
        return control;
      });
      return { line, controls };
    });
    arrange(bubble.buttons, lines.map((entry) => entry.line));
    lines.forEach((entry) => arrange(entry.line, entry.controls));
    describe(bubble, rows);
  }

  function describe(bubble, rows) {
    const labels = [].concat(...rows).map((button) => button.label);
    const isTicked = labels.some((label) => TICK.test(label));
    bubble.buttons.hidden = !labels.length;
    bubble.buttons.classList.toggle("ticks", isTicked && !labels.some((label) => PRIMARY.test(label)));
    bubble.element.classList.toggle("answered", labels.length === 1 && CHANGE.test(labels[0]));
  }

  function drawFiles(bubble, files) {
    const drawn = files.map((file) => {
      const link = make("a", { class: "file", target: "_blank", rel: "noopener noreferrer" });
      link.href = file.url;
      if (file.image) {
        const image = make("img", { alt: file.name, loading: "lazy" });
        image.src = file.url;
        link.append(image);
      } else {
        link.append(desk.icon("file"), file.name);
      }
      return link;
    });
    bubble.files.replaceChildren ? bubble.files.replaceChildren(...drawn) : arrange(bubble.files, drawn);
    bubble.files.hidden = !drawn.length;
  }

  function drawMedia(bubble, media) {
    const drawn = media.map((file) => {
      const isImage = file.kind === "image";
      const shown = isImage ? make("img", { alt: file.caption }) : make(file.kind, { controls: "", preload: "metadata" });
      shown.src = file.url;
      const caption = file.caption ? [make("figcaption", { "aria-hidden": isImage ? "true" : null }, file.caption)] : [];
      return make("figure", { class: file.kind }, shown, ...caption);
    });
    bubble.media.replaceChildren ? bubble.media.replaceChildren(...drawn) : arrange(bubble.media, drawn);
    bubble.media.hidden = !drawn.length;
  }

  desk.icon = function (name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", "#icon-" + name);
    svg.append(use);
    return svg;
  };

  /** `log` is where bubbles stand; onTap(id, show, element) is called for a pressed button. */
  desk.createBubbles = function (log, onTap) {
    const shown = new Map();
    const all = [];

    function create(row) {
      const text = make("div", { class: "text", id: "text-" + row.id });
      const media = make("div", { class: "media" });
      const files = make("div", { class: "files" });
      const buttons = make("div", { class: "buttons", role: "group", "aria-labelledby": text.id });
      const note = make("div", { class: "note" });
      const element = make("div", { class: "bubble bot", tabindex: "-1" }, media, text, files, buttons, note);
      const bubble = { element, media, text, files, buttons, note, html: null, awaits: "nothing", controls: new Map() };
      buttons.addEventListener("click", (event) => pressed(bubble, event));
      all.push(bubble);
      return bubble;
    }

    function draw(bubble, row) {
      bubble.element.lang = row.language;
      // A message changed in place keeps what stood above it: its new state names no pictures.
      if (bubble.html === null || row.media.length) drawMedia(bubble, row.media);
      if (bubble.html !== row.html) bubble.text.innerHTML = bubble.html = row.html;
      drawFiles(bubble, row.files);
      drawButtons(bubble, row.rows);
      bubble.note.textContent = "";
      bubble.awaits = row.awaits;
      shown.set(row.id, bubble);
    }

    function pressed(bubble, event) {
      const control = event.target.closest("button[data-button]");
      // The second click of a double click would fall on whatever has moved under the finger.
      if (!control || event.detail > 1 || control.getAttribute("aria-busy")) return;
      control.setAttribute("aria-busy", "true");
      onTap(control.dataset.button, (state, word, again) => drawState(bubble, control, state, word, again));
    }

    function drawState(bubble, control, state, word, again) {
      const isOver = state === "sent" || state === "failed";
      if (isOver) setTimeout(() => control.removeAttribute("aria-busy"), state === "sent" ? 1500 : 0);
      bubble.note.textContent = "";
      if (state === "waiting") bubble.note.append(desk.waiting(word), again());
      if (state === "failed") bubble.note.append(desk.say(word || "not_taken"), again());
    }

    function markCurrent() {
      const current = [...all].reverse().find((bubble) => bubble.controls.size);
      all.forEach((bubble) => bubble.element.classList.toggle("current", bubble === current));
    }

    return {
      /** Show a row. Returns the new bubble's element, or null when something was changed in place or not shown. */
      apply(row) {
        const known = row.replaces === null ? undefined : shown.get(row.replaces);
        if (!known && row.replaces !== null && row.onlyInPlace) return null;
        const bubble = known || create(row);
        draw(bubble, row);
        if (!known) log.append(bubble.element);
        markCurrent();
        return known ? null : bubble.element;
      },
      /** One's own bubble with `text`; the returned `state(state, word, again)` shows what became of it. */
      own(text, language) {
        const status = make("div", { class: "status" });
        const prefix = make("span", { class: "out-of-sight" }, desk.say("you") + " ");
        const said = make("div", { class: "text", lang: language || null }, prefix, text);
        const element = make("div", { class: "bubble own", tabindex: "-1" }, said, status);
        log.append(element);
        return { element, status, said };
      },
      /** What the last question that asks for something asks for. */
      awaits() {
        const asking = [...all].reverse().find((bubble) => bubble.awaits !== "nothing");
        return asking ? asking.awaits : "nothing";
      },
      current: () => log.querySelector(".bubble.current") || log.lastElementChild,
      isEmpty: () => all.length === 0,
    };
  };
})();
