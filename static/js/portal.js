// Says that scripts run. GOV.UK Frontend's styles and scripts ask the body for these classes; its own template sets them by an
// inline script, which our content policy forbids. Loaded as a module: a browser that knows no modules is not supported.
document.body.classList.add("js-enabled", "govuk-frontend-supported");

// Where a part of the page cannot be fetched, the browser goes to its address as if there were no htmx, and shows whatever is there.
// Names of events have hyphens, as the htmx-config of the page says (metaCharacter).
for (const sign of ["htmx-response-error", "htmx-error"]) {
  document.addEventListener(sign, ({ detail: { ctx } }) => {
    if (ctx.request.method === "GET") location.assign(ctx.request.action);
  });
}

// A script that makes a page quicker but no richer waits until the page has been painted: nobody chooses another month sooner.
const later = document.querySelector('meta[name="portal-later"]');

function loadLater() {
  const script = document.createElement("script");
  script.src = later.content;
  script.integrity = later.dataset.integrity;
  document.head.append(script);
}

if (later) addEventListener("load", () => requestAnimationFrame(() => setTimeout(loadLater, 300)));
