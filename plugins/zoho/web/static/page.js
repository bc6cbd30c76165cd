// What makes the page nicer where there is JavaScript; everything works without it.
"use strict";

const language = document.documentElement.lang;

// Times in the browser's zone; the title keeps UTC.
const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
// Swedes write 2026-11-22 18:15, which reads the same everywhere.
const moment = new Intl.DateTimeFormat(language === "en" ? "sv-SE" : language, parts);
for (const time of document.querySelectorAll("time")) time.textContent = moment.format(new Date(time.dateTime));

// Filters apply when one is chosen.
for (const form of document.querySelectorAll("form[data-filter]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=date]")) form.requestSubmit();
  });
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
  });
}

// A form is sent once, and says so.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// A form of settings is checked while it is filled; the server knows the rules.
for (const form of document.querySelectorAll("form[data-check]")) {
  let waiting, asked = 0;
  const check = async () => {
    const number = ++asked;
    const body = new FormData(form);
    const answer = await fetch(form.dataset.check, {
      method: "POST", body: new URLSearchParams(body), headers: { "X-Zoho-Sync-Token": document.body.dataset.token },
    });
    if (number === asked && answer.ok) show(await answer.json());
  };
  const show = ({ fields, others }) => {
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden") continue;
      const text = fields[field.name];
      const place = form.querySelector(`[data-error="${CSS.escape(field.name)}"]`);
      if (!place) continue;
      place.textContent = text ?? "";
      if (text) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    const list = form.querySelector("[data-others]");
    list.replaceChildren(...others.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    list.parentElement.hidden = others.length === 0;
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(check, 350);
  });
}

// A module that is switched off shows nothing of its settings.
for (const box of document.querySelectorAll("legend [data-switch]")) {
  const follow = () => box.closest("fieldset").classList.toggle("off", !box.checked);
  box.addEventListener("change", follow);
  follow();
}
