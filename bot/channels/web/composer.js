/* The composer: where one writes, with the furniture that the awaited kind of answer asks for. */
(function () {
  "use strict";
  const desk = (window.desk = window.desk || {});
  const byId = (id) => document.getElementById(id);

  /* placeholder: phrase; keyboard: inputmode; fill: autocomplete; tools: ids of the furniture shown */
  const KINDS = {
    nothing: { placeholder: "type_anything" },
    text: { placeholder: "type_text" },
    long_text: { placeholder: "type_text", isLong: true },
    number: { placeholder: "type_number", keyboard: "numeric" },
    decimal: { placeholder: "type_number", keyboard: "decimal" },
    date: { placeholder: "type_date", tools: ["pick-date"] },
    time: { placeholder: "type_time" },
    datetime: { placeholder: "type_datetime", tools: ["pick-date"] },
    phone: { placeholder: "type_phone", keyboard: "tel", fill: "tel" },
    other_phone: { placeholder: "type_phone", keyboard: "tel" },
    email: { placeholder: "type_email", keyboard: "email", fill: "email" },
    location: { placeholder: "type_location", tools: ["share-location"] },
    file: { placeholder: "type_or_file", tools: ["choose-file", "take-photo"], label: "choose_file" },
    image: { placeholder: "type_or_file", tools: ["choose-file", "take-photo"], label: "choose_image" },
    choice: { placeholder: "type_or_choose" },
    search: { placeholder: "type_search", keyboard: "search" },
  };
  const WRITTEN = ["text", "long_text", "number", "decimal", "date", "time", "datetime", "phone", "other_phone", "email"]
    .concat(["location", "search"]);

  const isTouch = () => window.matchMedia("(pointer: coarse)").matches;

  /** `on` holds text(text), file(file), location(latitude, longitude) and trouble(phrase). */
  desk.createComposer = function (on) {
    const text = byId("text");
    const send = byId("send");
    let kind = KINDS.nothing;
    let awaited = "nothing";

    function fit() {
      text.style.height = "auto";
      text.style.height = text.scrollHeight + 2 + "px";
      send.disabled = !text.value.trim();
    }

    function submit() {
      const said = text.value.trim();
      if (!said) return;
      text.value = "";
      fit();
      on.text(said);
    }

    function relabel() {
      text.placeholder = desk.say(kind.placeholder);
      byId("choose-file").lastElementChild.textContent = desk.say(kind.label || "choose_file");
    }

    function furnish() {
      const tools = kind.tools || [];
      ["choose-file", "take-photo", "share-location", "pick-date"].forEach((id) => {
        const isUseless = (id === "take-photo" && !isTouch()) || (id === "share-location" && !navigator.geolocation);
        byId(id).hidden = isUseless || !tools.includes(id);
      });
      byId("furniture").hidden = !tools.length;
      byId("file").accept = awaited === "image" ? "image/*" : "";
      text.setAttribute("inputmode", kind.keyboard || "text");
      text.setAttribute("autocomplete", kind.fill || "off");
      text.setAttribute("autocapitalize", awaited === "email" ? "none" : "sentences");
      text.classList.toggle("long", Boolean(kind.isLong));
      text.enterKeyHint = kind.isLong && isTouch() ? "enter" : "send";
      fit();
    }

    text.addEventListener("input", fit);
    text.addEventListener("keydown", (event) => {
      // A phone has no Shift+Enter: in a long text its Enter begins a new line and the button sends.
      const wantsLine = event.shiftKey || (kind.isLong && isTouch());
      if (event.key !== "Enter" || wantsLine || event.isComposing) return;
      event.preventDefault();
      submit();
    });
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      submit();
      text.focus();
    });
    byId("choose-file").addEventListener("click", () => byId("file").click());
    byId("take-photo").addEventListener("click", () => byId("photo").click());
    ["file", "photo"].forEach((id) =>
      byId(id).addEventListener("change", (event) => {
        Array.from(event.target.files).forEach((file) => on.file(file));
        event.target.value = "";
      })
    );
    byId("date").addEventListener("change", (event) => {
      const parts = event.target.value.split("-");
      if (parts.length !== 3) return;
      text.value = parts.reverse().join(".");
      fit();
      text.focus();
    });
    byId("share-location").addEventListener("click", () =>
      navigator.geolocation.getCurrentPosition(
        (place) => on.location(place.coords.latitude, place.coords.longitude),
        () => on.trouble("location_refused"),
        { timeout: 15000, maximumAge: 60000 }
      )
    );

    return {
      enable() {
        text.disabled = false;
        fit();
      },
      await(awaits) {
        awaited = KINDS[awaits] ? awaits : "nothing";
        kind = KINDS[awaited];
        furnish();
        relabel();
      },
      relabel,
      isWritten: () => WRITTEN.includes(awaited),
      isEmpty: () => !text.value,
      owns: (element) => byId("composer").contains(element),
      focus: () => text.focus({ preventScroll: true }),
    };
  };
})();
