// Takes out of GOV.UK Frontend's css what no page of ours can use, and refuses what may not be served: it must find each kind of
// thing it is told to drop, so that a new version of GOV.UK Frontend cannot quietly make a line here meaningless.

const unusedSelectors = {
  "royal arms and crown, which are not ours to use": /__copyright-logo|__crown/,
  "white on blue variants, made for GOV.UK's product pages": /--inverse/,
  "a menu button that needs a script; our navigation is short enough to stay open": /service-navigation__toggle/,
  "the footer's columns of links": /footer__(navigation|section|list|heading|licence)/,
  "column widths that change at the desktop breakpoint": /-from-desktop/,
  "links around images and large captions": /link-image|caption-xl|section-break--xl/,
};

// Its own print rules repeat a size in points for every component; css/_print.scss scales them all at once.
const printOnlyNoise = new Set(["font-family", "font-size", "line-height"]);
// Set once for the whole page in css/_page.scss.
const inherited = new Set(["font-family", "-webkit-font-smoothing", "-moz-osx-font-smoothing"]);
// Help for browsers older than those that build.mjs names.
const deadBrowsers = {
  media: /\uFFFD|-ms-high-contrast/,
  known: /max\(|sticky|not \(-ms-/,
  unknown: /not \((text-wrap|caret-color)/,
  value: /-webkit-sticky/,
  property: /^(-moz-text-size-adjust|-ms-user-select|word-wrap|(-webkit-)?text-decoration-skip|-webkit-text-decoration-skip-ink)$/,
};

/** A PostCSS plugin; `isTheirs(node)` says whether a declaration was written in GOV.UK Frontend, be it in a mixin that we call. */
export function trim(isTheirs) {
  return {
    postcssPlugin: "portal-trim",
    OnceExit(root) {
      const met = new Set();
      root.walkRules((rule) => dropSelectors(rule, met));
      root.walkDecls((declaration) => {
        if (isTheirs(declaration) && isNoise(declaration)) declaration.remove();
        else declaration.value = withoutFallbacks(declaration.value);
      });
      root.walkAtRules((rule) => {
        if (deadBrowsers.media.test(rule.params) || deadBrowsers.unknown.test(rule.params)) rule.remove();
      });
      root.walkAtRules("supports", (rule) => {
        if (deadBrowsers.known.test(rule.params)) rule.replaceWith(rule.nodes);
      });
      removeEmpty(root);
      joinNeighbours(root);
      for (const why of Object.keys(unusedSelectors)) if (!met.has(why)) throw new Error(`trim.mjs: nothing to drop for: ${why}`);
      refuse(root);
    },
  };
}

function dropSelectors(rule, met) {
  const kept = rule.selectors.filter((selector) => {
    const found = Object.entries(unusedSelectors).find(([, pattern]) => pattern.test(selector));
    if (found) met.add(found[0]);
    return !found;
  });
  if (kept.length === 0) rule.remove();
  else if (kept.length < rule.selectors.length) rule.selectors = kept;
}

function isNoise({ parent, prop, value }) {
  const noise = inPrint(parent) ? printOnlyNoise : inherited;
  return noise.has(prop) || deadBrowsers.value.test(value) || deadBrowsers.property.test(prop);
}

function inPrint(node) {
  for (let at = node; at; at = at.parent) if (at.type === "atrule" && at.params === "print") return true;
  return false;
}

// var(--govuk-x-colour, #123456): the fallback is for a stylesheet without the definitions, and ours has them all.
function withoutFallbacks(value) {
  return value.replace(/var\((--govuk-[a-z-]+-colour), ?[^()]*(?:\([^()]*\)[^()]*)*\)/g, "var($1)");
}

function removeEmpty(container) {
  container.each((node) => {
    if (node.nodes) removeEmpty(node);
    if ((node.type === "rule" || node.type === "atrule") && node.nodes?.length === 0) node.remove();
  });
}

// Two neighbours with the same selector or the same condition are one.
function joinNeighbours(container) {
  container.each((node) => {
    const next = node.next();
    if (next && node.nodes && next.type === node.type && heading(next) === heading(node)) {
      next.prepend(node.nodes);
      node.remove();
    } else if (node.nodes) joinNeighbours(node);
  });
}

function heading(node) {
  return node.type === "rule" ? node.selector : `@${node.name} ${node.params}`;
}

// Our content policy lets css fetch nothing but files of ours, and those we do not need.
function refuse(root) {
  root.walkAtRules(/^(import|font-face)$/, (rule) => {
    throw rule.error(`@${rule.name} has no place in our stylesheet`);
  });
  root.walkDecls((declaration) => {
    if (/url\(|GDS Transport/.test(declaration.value)) throw declaration.error(`not ours to serve: ${declaration.value}`);
  });
}
