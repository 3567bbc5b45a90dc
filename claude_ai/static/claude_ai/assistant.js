// The assistant's page beyond htmx: keys, stopping a stream, asking again.
(() => {
  "use strict";

  const form = document.getElementById("ask");
  const question = document.getElementById("question");
  const stop = document.getElementById("stop");
  const send = document.getElementById("send");
  const status = document.getElementById("assistant-status");
  let connection = null;
  let wasStopped = false;
  let sent = "";
  // What was being typed when an earlier question was asked again.
  let typed = "";

  const setBusy = (busy) => {
    stop.hidden = !busy;
    send.disabled = busy;
  };
  const instead = form.elements.instead_of;
  const editing = document.getElementById("editing");
  const turnOf = (asked) => [...form.ownerDocument.querySelectorAll(`#${asked.id}, #${asked.id} ~ .message`)];
  // The last question comes back to be changed; null leaves it as it is. The server keeps a turn
  // of which something was confirmed: then the changed question is a new one.
  const edit = (asked) => {
    const isKept = asked && turnOf(asked).some((message) => message.querySelector("[data-state=confirmed]"));
    instead.value = asked && !isKept ? asked.id.replace("message-", "") : "";
    editing.hidden = !instead.value;
    if (asked) {
      question.value = asked.dataset.question;
      question.focus();
    }
  };
  const questions = () => [...document.querySelectorAll("[data-question]")];

  // What is read ends above the form; on a phone the list of conversations comes after it.
  const main = form.closest(".assistant-main");
  const below = () => main.getBoundingClientRect().bottom - window.innerHeight;
  const toEnd = () => { if (below() > 0) window.scrollBy({ top: below() }); };
  // Who goes up to read is not pulled back, and is followed again from the end on.
  let follows = true;
  let top = window.scrollY;
  window.addEventListener("scroll", () => {
    if (window.scrollY < top && below() > 1) follows = false;
    else if (window.scrollY > top && below() < 40) follows = true;
    top = window.scrollY;
  }, { passive: true });
  // Coming back, the browser knows where one was.
  if (questions().length && performance.getEntriesByType("navigation")[0]?.type === "navigate") toEnd();

  question.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (!send.disabled) form.requestSubmit(send);
    } else if (event.key === "ArrowUp" && question.value === "") {
      const last = questions().pop();
      if (last) {
        event.preventDefault();
        edit(last);
      }
    } else if (event.key === "Escape" && instead.value) {
      edit(null);
    }
  });
  document.getElementById("keep").addEventListener("click", () => {
    edit(null);
    question.value = "";
    question.focus();
  });

  // What the page copies then: the answer as it is now, without the numbers of sources, which mean nothing elsewhere.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-answer]");
    if (!button) return;
    const text = button.closest(".message").querySelector(".message-text");
    text.classList.add("is-copied");
    button.dataset.copy = text.innerText;
    text.classList.remove("is-copied");
  }, { capture: true });

  stop.addEventListener("click", () => {
    wasStopped = true;
    connection?.reader?.cancel();
  });

  document.addEventListener("click", (event) => {
    const retry = event.target.closest("[data-retry]");
    if (retry && !send.disabled) {
      const answer = retry.closest(".message");
      const before = questions().filter((asked) => asked.compareDocumentPosition(answer) & Node.DOCUMENT_POSITION_FOLLOWING);
      edit(null);
      typed = question.value;
      question.value = before.pop()?.dataset.question ?? "";
      form.requestSubmit(send);
    }
    const changed = event.target.closest("[data-edit]");
    if (changed && !send.disabled) edit(changed.closest("[data-question]"));
  });

  form.addEventListener("htmx:before:request", () => {
    sent = question.value;
    wasStopped = false;
    setBusy(true);
  });
  // An answer that is no stream is a problem: what was typed stays.
  form.addEventListener("htmx:after:request", () => setBusy(false));
  form.addEventListener("htmx:error", () => setBusy(false));
  form.addEventListener("htmx:after:sse:connection", (event) => {
    connection = event.detail.connection;
    follows = true;
    setBusy(true);
    document.getElementById("conversation-empty")?.remove();
    if (instead.value) turnOf(document.getElementById(`message-${instead.value}`)).forEach((message) => message.remove());
    edit(null);
    if (question.value === sent) question.value = typed;
    typed = "";
  });
  form.addEventListener("htmx:after:sse:message", () => {
    // So that reloading, and going back, find this conversation.
    const conversation = form.elements.conversation?.value;
    const address = form.getAttribute("action") + (conversation ? `?conversation=${conversation}` : "");
    if (conversation !== undefined && location.pathname + location.search !== address) history.replaceState(null, "", address);
    if (follows) toEnd();
  });
  form.addEventListener("htmx:sse:close", () => {
    connection = null;
    setBusy(false);
    const unfinished = document.getElementById("answer");
    const answer = [...document.querySelectorAll(".message-assistant")].pop();
    // An alert is read out by itself.
    const done = answer?.querySelector("[role=alert]") ? "" : status.dataset.done;
    const said = !unfinished ? done : wasStopped ? status.dataset.stopped : status.dataset.broken;
    status.textContent = said;
    if (unfinished) {
      unfinished.removeAttribute("aria-busy");
      unfinished.removeAttribute("id");
      const line = unfinished.querySelector("#answer-status");
      line.textContent = said;
      line.removeAttribute("id");
      const foot = document.getElementById("answer-foot");
      if (!document.getElementById("answer-text").innerText.trim()) foot.querySelector("[data-copy-answer]").remove();
      foot.hidden = false;
      for (const id of ["answer-text", "answer-open", "answer-foot"]) document.getElementById(id).removeAttribute("id");
      if (follows) toEnd();
    }
    // Whoever went elsewhere meanwhile stays there.
    const now = document.activeElement;
    if (!now || now === document.body || form.contains(now)) question.focus({ preventScroll: true });
  });
})();
