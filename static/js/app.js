// What a page does beyond htmx: copying, closing forms in place, and saying that a request failed.
(() => {
  "use strict";

  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("is-done");
    button.addEventListener("blur", () => button.classList.remove("is-done"), { once: true });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });

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
  document.addEventListener("htmx:before:request", () => { if (failure()) failure().hidden = true; });
  document.addEventListener("htmx:error", () => { if (failure()) failure().hidden = false; });
})();
