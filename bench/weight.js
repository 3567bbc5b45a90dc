// Watches a page from its first moment: what shifts, how long an event waits for its paint, and what comes of a press.
(() => {
  "use strict";

  const seen = { shifted: 0, events: [], resources: [] };
  window.benchSeen = seen;
  const watch = (type, each, options = {}) => new PerformanceObserver((list) => list.getEntries().forEach(each))
    .observe({ type, buffered: true, ...options });

  watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shifted += entry.value; });
  // Shorter ones than 16 ms are not told.
  watch("event", (entry) => { if (entry.interactionId) seen.events.push(entry.duration); }, { durationThreshold: 16 });
  watch("resource", (entry) => seen.resources.push([entry.name, entry.renderBlockingStatus]));

  // Milliseconds from the next event `type` until the frame after the first change of what is at `selector`.
  window.benchFeedback = (type, selector) => {
    let began;
    seen.feedback = new Promise((resolve) => {
      document.addEventListener(type, (event) => { began = event.timeStamp; }, { capture: true, once: true });
      new MutationObserver((records, observer) => {
        const changed = records.some(({ target }) => target.closest?.(selector) || target.querySelector?.(selector));
        if (began === undefined || !changed) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
      }).observe(document.body, { subtree: true, childList: true, attributes: true });
    });
  };
})();
