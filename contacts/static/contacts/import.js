// Dropping files: the field does all of it without this but show what was dropped, and how large it is.
(() => {
  "use strict";

  const zone = document.getElementById("drop-zone");
  const form = document.getElementById("upload-form");
  const input = zone.querySelector("input[type=file]");
  const error = document.getElementById("upload-error");

  const show = () => {
    const files = [...input.files];
    const size = files.reduce((sum, file) => sum + file.size, 0);
    document.getElementById("drop-names").textContent = files.map((file) => file.name).join(", ");
    error.textContent = size > Number(error.dataset.most) ? error.dataset.tooLarge : "";
    return error.textContent === "";
  };

  const over = (isOver) => (event) => {
    event.preventDefault();
    zone.classList.toggle("is-over", isOver);
  };
  zone.addEventListener("dragenter", over(true));
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    input.files = event.dataTransfer.files;
    show();
  });
  // A file that misses the zone would take the page's place.
  for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());

  input.addEventListener("change", show);
  const working = (isWorking) => {
    document.getElementById("uploading").hidden = !isWorking;
    document.getElementById("upload-button").disabled = isWorking;
  };
  form.addEventListener("submit", (event) => {
    if (show()) working(true);
    else event.preventDefault();
  });
  // Back from the next page, as the browser kept it.
  window.addEventListener("pageshow", () => working(false));
})();
