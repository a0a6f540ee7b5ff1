"""What is asked of a page from inside: each a function in JavaScript that answers with plain values."""

SCROLLS_SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

SPACED_TEXT = """() => {
  const style = document.createElement('style');
  style.textContent = '* { line-height: 1.5 !important; letter-spacing: .12em !important;'
    + ' word-spacing: .16em !important } p { margin-bottom: 2em !important }';
  document.head.append(style);
  const clipped = [...document.querySelectorAll('body *')].filter(e => e.children.length === 0 && e.textContent.trim()
    && getComputedStyle(e).overflow !== 'visible' && !['textarea', 'option'].includes(e.localName)
    && getComputedStyle(e).position !== 'absolute' && getComputedStyle(e).display !== 'inline'
    && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)).map(e => e.outerHTML.slice(0, 80));
  const over = document.documentElement.scrollWidth - innerWidth;
  style.remove();
  return { clipped, over };
}"""
"""Line 1.5, paragraph 2, letter 0.12, word 0.16 (WCAG 1.4.12): what is clipped, and how much the page is too wide."""

TWICE_THE_TEXT = """() => {
  document.documentElement.style.fontSize = '200%';
  return document.documentElement.scrollWidth - innerWidth;
}"""

BEGIN_AT_THE_TOP = """() => {
  const before = document.createElement('span');
  before.tabIndex = -1;
  document.body.prepend(before);
  before.focus();
}"""

MARK_STOPS = """() => {
  const able = 'a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select:not([disabled]),'
    + ' textarea:not([disabled]), summary, [tabindex]:not([tabindex^="-"])';
  const shown = e => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden';
  const looks = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'backgroundColor', 'color',
    'borderColor', 'borderWidth', 'textDecorationLine', 'textDecorationThickness'];
  window.look = e => looks.map(name => getComputedStyle(e)[name]).join('|');
  const group = e => [...document.getElementsByName(e.name)];
  const chosen = e => group(e).find(one => one.checked) || group(e)[0];
  const passed = e => e.type === 'radio' && e !== chosen(e); // Tab stops once at a group; the arrows go on inside it
  window.stops = [...document.querySelectorAll(able)].filter(e => shown(e) && !passed(e));
  window.stops.forEach((e, at) => { e.dataset.stop = at; });
  window.looks = window.stops.map(window.look);
  return window.stops.length;
}"""
"""Number every stop of the keyboard in the order of the page, and remember how each looks without the focus."""

STOPPED_AT = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect(), at = +e.dataset.stop;
  const [first, last] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)]; // what of it is on the screen
  const top = last > first && document.elementFromPoint(box.left + box.width / 2, (first + last) / 2);
  return {
    at, name: e.outerHTML.slice(0, 100), changed: window.look(e) !== window.looks[at],
    covered: !(top && (e.contains(top) || top.contains(e))),
    isDay: e.type === 'date', inline: getComputedStyle(e).display === 'inline', width: box.width, height: box.height,
  };
}"""

IN_MAIN = "() => Boolean(document.activeElement.closest('main'))"
FIRST_STOP = "() => document.activeElement.getAttribute('href')"

WATCH = """
  window.shifts = 0; window.largest = 0; window.refused = [];
  const each = (type, look) => new PerformanceObserver(list => list.getEntries().forEach(look))
    .observe({ type, buffered: true });
  each('layout-shift', e => { if (!e.hadRecentInput) window.shifts += e.value; });
  each('largest-contentful-paint', e => { window.largest = e.startTime; });
  document.addEventListener('securitypolicyviolation',
    e => window.refused.push(e.violatedDirective + ' ' + e.blockedURI));
"""
"""From the first moment of a page: what the content policy refused, how much moved, when the largest was painted."""

TARGETS_TOO_SMALL = """() => {
  const inSentence = e => getComputedStyle(e).display === 'inline'
    && [...e.parentElement.childNodes].some(n => n.nodeType === 3 && n.textContent.trim().length > 1);
  return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter(e => e.getClientRects().length && !inSentence(e) && !e.matches('.govuk-skip-link'))
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([, box]) => box.width < 23.5 || box.height < 23.5)
    .map(([e, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${e.outerHTML.slice(0, 80)}`);
}"""
"""Targets under 24 by 24 px, but for links within a sentence (WCAG 2.5.8)."""
