/* The wire: what is sent (kept and repeated until it is taken) and what is heard (an event stream that comes back). */
(function () {
  "use strict";
  const desk = (window.desk = window.desk || {});

  const LONGEST_PAUSE_MS = 50000;
  const LONGEST_WAIT_MS = 15000;
  const SEND_TIMEOUT_MS = 20000;
  const UPLOAD_TIMEOUT_MS = 600000;

  desk.newId = function () {
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  /** What stands under a message that waits: `word` is the house's reason, empty when nobody answered. */
  desk.waiting = (word) => (word === "try_again" ? desk.say("try_again_soon") : desk.say("not_sent"));

  /** The waiting times of repeated attempts: one second, doubled each time, up to LONGEST_WAIT_MS. */
  function backoff() {
    let failures = 0;
    return {
      next: () => Math.min(LONGEST_WAIT_MS, 1000 * Math.pow(2, failures++)),
      reset: () => (failures = 0),
    };
  }

  function bodyOf(item) {
    if (!item.file) return JSON.stringify(Object.assign({ update_id: item.id, seen: item.seen }, item.content));
    const form = new FormData();
    form.append("update_id", item.id);
    form.append("seen", item.seen === null ? "" : String(item.seen));
    form.append("file", item.file, item.file.name);
    return form;
  }

  /** One attempt. Calls done(status, word) once: status 0 when nobody answered, `word` is the house's reason. */
  function post(item, done) {
    const request = new XMLHttpRequest();
    request.open("POST", item.file ? "/chat/file" : "/chat/send");
    request.timeout = item.file ? UPLOAD_TIMEOUT_MS : SEND_TIMEOUT_MS;
    if (!item.file) request.setRequestHeader("Content-Type", "application/json");
    if (item.file && item.progress) {
      request.upload.onprogress = (event) => event.lengthComputable && item.progress(event.loaded / event.total);
    }
    request.onload = () => done(request.status, wordIn(request.responseText));
    request.onerror = request.ontimeout = () => done(0, "");
    request.send(bodyOf(item));
    return () => {
      request.onload = request.onerror = request.ontimeout = null;
      request.abort();
    };
  }

  function wordIn(text) {
    try {
      return JSON.parse(text).error || "";
    } catch (notJson) {
      return "";
    }
  }

  /**
   * Sends items one after the other, in order, each under one id until it is taken or refused.
   * An item is {content | file, seen, show(state, word), progress?(share)}; states: sending, waiting (for the line),
   * sent, failed (refused: tried again only when the person asks), cancelled.
   */
  desk.createOutbox = function (onChange) {
    const queue = [];
    const wait = backoff();
    let abort = null;
    let timer = null;
    let stalled = false;
    let why = "";

    function settle(item, state, word) {
      queue.shift();
      abort = null;
      stalled = false;
      why = "";
      wait.reset();
      item.show(state, word);
      onChange();
      attempt();
    }

    function heard(item, status, word) {
      if (status >= 200 && status < 300) return settle(item, "sent", "");
      if (status >= 400 && status < 500 && status !== 408 && !(status === 429 && !word)) {
        return settle(item, "failed", word);
      }
      abort = null;
      stalled = true;
      why = word;
      queue.forEach((waiting) => waiting.show("waiting", why));
      timer = setTimeout(attempt, wait.next());
      return onChange();
    }

    function attempt() {
      clearTimeout(timer);
      if (abort || !queue.length) return;
      const item = queue[0];
      item.show(stalled ? "waiting" : "sending", why);
      abort = post(item, (status, word) => heard(item, status, word));
    }

    return {
      add(item) {
        item.id = item.id || desk.newId();
        queue.push(item);
        item.show(stalled ? "waiting" : "sending", why);
        attempt();
        onChange();
      },
      cancel(item) {
        const place = queue.indexOf(item);
        if (place < 0) return;
        if (place === 0 && abort) abort();
        if (place === 0) abort = null;
        queue.splice(place, 1);
        item.show("cancelled", "");
        attempt();
        onChange();
      },
      flush() {
        wait.reset();
        attempt();
      },
      isStalled: () => stalled,
      size: () => queue.length,
    };
  };

  /**
   * Follows the house's event stream and comes back after every break, from the last row that was heard.
   * `on` holds row(row), pause(), line(isUp) and refused() (the house knows no session of ours).
   */
  desk.createStream = function (on) {
    const wait = backoff();
    let source = null;
    let last = 0;
    let timer = null;
    let watchdog = null;

    function heard() {
      clearTimeout(watchdog);
      watchdog = setTimeout(lost, LONGEST_PAUSE_MS);
    }

    function lost() {
      if (source) source.close();
      source = null;
      clearTimeout(watchdog);
      clearTimeout(timer);
      on.line(false);
      timer = setTimeout(connect, wait.next());
      askWhy();
    }

    /** An EventSource does not tell the status it met; a short request of our own does. */
    function askWhy() {
      const request = new XMLHttpRequest();
      request.open("GET", "/chat/stream");
      request.onreadystatechange = () => {
        if (request.readyState < 2) return;
        if (request.status === 401) on.refused();
        request.abort();
      };
      request.send();
    }

    function connect() {
      clearTimeout(timer);
      if (source) source.close();
      const opened = new EventSource("/chat/stream?after=" + last);
      source = opened;
      opened.onopen = () => {
        wait.reset();
        heard();
        on.line(true);
      };
      opened.onmessage = (event) => {
        heard();
        const row = JSON.parse(event.data);
        if (row.id <= last) return;
        last = row.id;
        on.row(row);
      };
      opened.addEventListener("pause", () => {
        heard();
        on.pause();
      });
      opened.onerror = () => source === opened && lost();
    }

    return {
      connect,
      /** Now rather than when the wait is over: the device says that it is back. */
      hurry() {
        if (!source || source.readyState !== 1) connect();
      },
      drop() {
        if (source) lost();
      },
      last: () => last || null,
    };
  };
})();
