// What a page does beyond htmx: copying, closing forms in place, and saying that a request failed.
(() => {
  "use strict";

  // For developers: with DEBUG, django-htmx keeps what any request was refused with out of the page. An answer 422 is
  // the form with what is wrong in it, and belongs there.
  const noSwap = globalThis.htmx?.config.noSwap ?? [];
  if (noSwap.includes("4xx")) noSwap.splice(noSwap.indexOf("4xx"), 1, 400, 403, 404);

  const copy = async (button) => {
    const text = button.dataset.copy ?? document.getElementById(button.dataset.copyFrom).value;
    await navigator.clipboard.writeText(text);
    button.classList.add("is-done");
    button.addEventListener("blur", () => button.classList.remove("is-done"), { once: true });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from]");
    if (button) copy(button);
    // A message goes to the mail program as it is now, not as it was proposed.
    const mail = event.target.closest("[data-mailto-from]");
    if (mail) {
      const text = document.getElementById(mail.dataset.mailtoFrom).value.replace(/\r?\n/g, "\r\n");
      mail.href = mail.href.replace(/&body=.*/, () => `&body=${encodeURIComponent(text)}`);
    }
  });

  // Who signs in again in another tab has another token, without which this one could send nothing any more.
  const renewToken = () => {
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
    if (!token) return;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": token }));
  };
  window.addEventListener("focus", renewToken);
  document.addEventListener("submit", renewToken, { capture: true });

  // "/" goes to the search field, as in most lists.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, textarea, select")) return;
    const search = document.querySelector("[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  });

  const failure = () => document.getElementById("failure");
  const refused = () => document.getElementById("refused");
  document.addEventListener("htmx:before:request", () => {
    if (failure()) failure().hidden = true;
    refused()?.replaceChildren();
  });
  document.addEventListener("htmx:error", () => { if (failure()) failure().hidden = false; });
})();
