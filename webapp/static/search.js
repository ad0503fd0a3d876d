// Live results: fetches the server's fragment of the page while the reader types and selects, and
// changes the differing parts. Without this script every form and link does the same by loading the page.

const main = document.querySelector("main[data-url]"); // of the search page only
const status = document.querySelector("#status");
const TYPING_DELAY = 200; // milliseconds after the last key until a search
const SUGGESTION_DELAY = 120;
const BLUR_DELAY = 150; // until the suggestions close
const ANNOUNCEMENT_INTERVAL = 1400; // between two changes of the status
const TIMEOUT = 20000; // of a request

let latestRequest = 0; // counts searches: an older response never replaces a newer one
let requestAborter;
let searchTimer;
let announcementTimer;
let announcedAt = 0;

const currentAddress = () => location.pathname + location.search;
const wordsIn = (address) => new URL(address, location).searchParams.get("q") ?? "";

// --- Update the page ---

// Return the key that identifies a node among its siblings. The key of a facet value is the value
// of its checkbox: a page has hundreds, and a data attribute for each would make it larger.
function keyOf(node) {
  if (node.id) return node.id;
  if (node.dataset?.k) return node.dataset.k;
  return (node.tagName === "LI" && node.querySelector("input")?.value) || "";
}

// Make one tree equal to another. Nodes that stay are kept, so that they keep the focus.
function morph(old, next) {
  if (old.id === "suggestions" || old.isEqualNode(next)) return;
  if (old.id === "q") {
    if (old !== document.activeElement) old.value = next.getAttribute("value") ?? "";
    return;
  }
  morphAttributes(old, next);
  if (old.tagName === "INPUT") {
    if (old.type === "checkbox") old.checked = next.hasAttribute("checked");
    else if (old !== document.activeElement && !old.matches(".within")) {
      old.value = next.getAttribute("value") ?? "";
    }
    return;
  }
  morphChildren(old, next);
}

// The reader opens and closes details elements, and the facet's own search box hides values.
function morphAttributes(old, next) {
  for (const { name } of [...old.attributes]) {
    const isReaderState = name === "open" || (name === "hidden" && old.tagName === "LI");
    if (!next.hasAttribute(name) && !isReaderState) old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function morphChildren(old, next) {
  const byKey = new Map([...old.children].map((node) => [keyOf(node), node]));
  let position = old.firstChild;
  for (const target of [...next.childNodes]) {
    const key = target.nodeType === Node.ELEMENT_NODE && keyOf(target);
    const match = key ? byKey.get(key) : position;
    const isReusable = match && match.nodeType === target.nodeType
      && match.nodeName === target.nodeName
      && (key || match.nodeType !== Node.ELEMENT_NODE || !keyOf(match));
    if (!isReusable) {
      old.insertBefore(target, position);
      continue;
    }
    if (match !== position) old.insertBefore(match, position);
    position = match.nextSibling;
    if (match.nodeType === Node.ELEMENT_NODE) morph(match, target);
    else if (match.data !== target.data) match.data = target.data;
  }
  while (position) {
    const removed = position;
    position = position.nextSibling;
    removed.remove();
  }
}

function announce(text) {
  clearTimeout(announcementTimer);
  announcementTimer = setTimeout(() => {
    announcedAt = Date.now();
    status.textContent = text;
  }, Math.max(0, announcedAt + ANNOUNCEMENT_INTERVAL - Date.now()));
}

function showError(text) {
  const box = main.querySelector("#trouble");
  box.hidden = !text;
  box.firstElementChild.textContent = text;
}

// --- Scroll position and focus ---

// Return a text that identifies the focused element in a later version of the page.
function focusMark() {
  const node = document.activeElement;
  if (!node || node === document.body) return "";
  return node.id || (node.name && `${node.name}=${node.value}`) || node.getAttribute("href");
}

// Focus the element with a mark. Return whether it exists.
function restoreFocus(mark) {
  if (!mark) return false;
  const hasMark = (n) => `${n.name}=${n.value}` === mark || n.getAttribute("href") === mark;
  const node = document.getElementById(mark)
    || [...main.querySelectorAll("input, a")].find(hasMark);
  node?.focus({ preventScroll: true });
  return Boolean(node);
}

function saveState() {
  history.replaceState({ ...history.state, y: scrollY, focus: focusMark() }, "");
}

function restoreState(state) {
  scrollTo(0, state.y || 0);
  restoreFocus(state.focus);
}

const focusHeading = () => main.querySelector("h1").focus({ preventScroll: true });

// --- Search ---

// Show the results of an address, and return whether they arrived.
//
// push: add the address to the history. replace: replace the current entry instead.
// state: the scroll position and the focus to restore. top: scroll to the top.
// focusId: the id of the element to focus.
async function show(url, options = {}) {
  const { push = true, replace = false, state = null, top = false, focusId = "" } = options;
  const thisRequest = ++latestRequest;
  requestAborter?.abort();
  const aborter = requestAborter = new AbortController();
  const timer = setTimeout(() => aborter.abort("timeout"), TIMEOUT);
  main.setAttribute("aria-busy", "true");
  try {
    const next = await fetchFragment(url, aborter.signal);
    if (thisRequest !== latestRequest) return false;
    if (push) {
      saveState();
      history[replace ? "replaceState" : "pushState"]({}, "", next.dataset.url);
    }
    const focused = document.activeElement;
    const mark = main.contains(focused) && focusMark();
    resetForms(focused);
    morph(main, next);
    for (const box of main.querySelectorAll(".within")) if (box.value) filterFacet(box);
    document.title = next.dataset.title;
    announce(next.dataset.count);
    showError("");
    if (top) scrollTo(0, 0);
    if (state) restoreState(state);
    else if (focusId) document.getElementById(focusId)?.focus();
    else if (top) focusHeading();
    else if (focused !== document.activeElement) {
      // A node that was moved has lost the focus. The heading replaces a node that was removed.
      if (focused.isConnected) focused.focus({ preventScroll: true });
      else if (!restoreFocus(mark)) focusHeading();
    }
    return true;
  } catch {
    if (thisRequest === latestRequest) showError(main.dataset.trouble);
    return false;
  } finally {
    clearTimeout(timer);
    if (thisRequest === latestRequest) main.removeAttribute("aria-busy");
  }
}

async function fetchFragment(url, signal) {
  const address = "/fragment" + new URL(url, location).search;
  const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(response.status);
  // A DOMParser takes four times as long: 20 ms after each selection.
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return template.content.querySelector("main");
}

// Undo changes whose search never arrived. The search box keeps the words that were typed.
function resetForms(focused) {
  for (const box of main.querySelectorAll("[type=checkbox]")) {
    if (box.checked !== box.defaultChecked) box.checked = box.defaultChecked;
  }
  for (const box of main.querySelectorAll(".range input")) {
    if (box !== focused && box.value !== box.defaultValue) box.value = box.defaultValue;
  }
}

// Return the address of the search in the forms.
function formAddress(button) {
  const form = document.querySelector(".facets") || document.querySelector(".box");
  const data = new FormData(form, button?.form === form && button.name ? button : null);
  const filters = [...data].filter(([name, value]) => value && name !== "q");
  const words = document.querySelector("#q").value.trim();
  return "/?" + new URLSearchParams([...(words ? [["q", words]] : []), ...filters]);
}

const buttonAddress = ({ target, submitter }) =>
  "/?" + new URLSearchParams(new FormData(target, submitter));

function onSubmit(event) {
  if (event.target.id === "ask") { // an explanation opens in its place, without a history entry
    event.preventDefault();
    show(buttonAddress(event), { focusId: "why", replace: true });
    return;
  }
  if (!event.target.matches(".box, .facets")) return;
  event.preventDefault();
  clearTimeout(searchTimer);
  closeSuggestions();
  // If the address of a search is long, named buttons of the search form replace links.
  const replacesLink = event.target.matches(".box") && event.submitter?.name;
  const address = replacesLink ? buttonAddress(event) : formAddress(event.submitter);
  show(address, { top: Boolean(event.submitter?.closest(".pages")) });
}

function onClick(event) {
  const link = event.target.closest("a[href]");
  const hasModifier = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || event.defaultPrevented || event.button || hasModifier) return;
  const url = link.getAttribute("href");
  if (!url.startsWith("/?")) return; // "/" is the home page
  event.preventDefault();
  clearTimeout(searchTimer);
  document.querySelector("#q").value = wordsIn(url);
  show(url, { top: Boolean(link.closest(".pages, .results, .nothing")) });
}

if (main && "fetch" in window) {
  history.scrollRestoration = "manual";
  if (history.state) restoreState(history.state);
  let typedAddress = ""; // consecutive searches by typing share one history entry
  main.addEventListener("input", (event) => {
    if (event.target.matches(".within")) filterFacet(event.target);
    if (event.target.id !== "q" || event.isComposing) return;
    clearTimeout(searchTimer);
    searchTimer = setTimeout(async () => {
      const replace = typedAddress === currentAddress();
      if (await show(formAddress(), { replace })) typedAddress = currentAddress();
    }, TYPING_DELAY);
  });
  main.addEventListener("change", (event) => {
    if (!event.target.closest(".facets") || !event.target.name) return;
    clearTimeout(searchTimer);
    show(formAddress());
  });
  main.addEventListener("submit", onSubmit);
  main.addEventListener("click", onClick);
  addEventListener("popstate", (event) => {
    clearTimeout(searchTimer);
    document.querySelector("#q").value = wordsIn(location);
    show(currentAddress(), { push: false, state: event.state ?? {} });
  });
  addEventListener("pagehide", saveState);
  addEventListener("scrollend", saveState);
  main.addEventListener("focusin", saveState);
}

// --- Search within a facet ---

// Hide the values of a facet except those with a name, in any language, that begins with the text
// in the box, the values inside them, and the values around them.
async function filterFacet(box) {
  const facet = box.closest("fieldset");
  const text = box.value.trim();
  let values = null; // all
  try {
    if (text) {
      const query = new URLSearchParams({ field: box.dataset.field, q: text });
      const response = await fetch(`/api/v1/names?${query}`);
      values = new Set((await response.json()).values);
    }
  } catch {
    showError(main.dataset.trouble);
    return;
  }
  if (box.value.trim() !== text) return; // the reader has typed on
  const matches = (item) => values.has(item.querySelector("input").value);
  for (const item of [...facet.querySelectorAll("li")].reverse()) {
    let ancestor = item;
    while (ancestor && values && !matches(ancestor)) {
      ancestor = ancestor.parentElement.closest("li");
    }
    item.hidden = Boolean(values) && !ancestor && !item.querySelector("li:not([hidden])");
  }
  if (values) for (const more of facet.querySelectorAll(".more")) more.open = true;
  const hasMatch = Boolean(facet.querySelector("li:not([hidden])"));
  facet.querySelector(".none").hidden = !values || hasMatch;
}

// --- Suggestions: an ARIA combobox. Enter without a selection searches for the typed words. ---

const searchBox = document.querySelector("#q");
const list = document.querySelector("#suggestions");
const MIN_SUGGESTION_LENGTH = 2; // letters
let selected = -1; // index of the selected suggestion
let suggestedText = ""; // the text that suggestions were last requested for
let suggestionTimer;

function closeSuggestions() {
  if (!list) return;
  clearTimeout(suggestionTimer);
  suggestedText = "";
  selected = -1;
  list.hidden = true;
  searchBox.setAttribute("aria-expanded", "false");
  searchBox.removeAttribute("aria-activedescendant");
}

// Select a suggestion. Before the first and after the last, the search box itself is selected.
function select(index) {
  const options = [...list.children];
  selected = (index + options.length + 1) % (options.length + 1);
  if (selected === options.length) selected = -1;
  options.forEach((option, n) => option.setAttribute("aria-selected", String(n === selected)));
  if (selected < 0) {
    searchBox.removeAttribute("aria-activedescendant");
  } else {
    searchBox.setAttribute("aria-activedescendant", options[selected].id);
    options[selected].scrollIntoView({ block: "nearest" });
  }
}

function followSuggestion(option) {
  const url = option.dataset.url;
  closeSuggestions();
  clearTimeout(searchTimer);
  if (!main || !url.startsWith("/?")) {
    location.assign(url);
    return;
  }
  searchBox.value = wordsIn(url);
  show(url);
}

function suggestionItem(suggestion, index) {
  const item = document.createElement("li");
  item.id = `suggestion-${index}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.dataset.url = suggestion.url;
  const parts = {
    what: suggestion.label,
    kind: suggestion.kind_label,
    count: suggestion.total_label,
  };
  for (const [name, text] of Object.entries(parts)) {
    const part = document.createElement("span");
    part.className = name;
    part.textContent = text;
    item.append(part, " ");
  }
  return item;
}

async function suggest() {
  const text = searchBox.value;
  suggestedText = text;
  const query = new URLSearchParams(new URL(formAddress(), location).search);
  query.set("q", text);
  try {
    const response = await fetch(`/api/v1/suggest?${query}`);
    const suggestions = response.ok ? (await response.json()).suggestions : [];
    if (suggestedText !== text || document.activeElement !== searchBox) return;
    list.replaceChildren(...suggestions.map(suggestionItem));
    selected = -1;
    list.hidden = !suggestions.length;
    searchBox.setAttribute("aria-expanded", String(Boolean(suggestions.length)));
  } catch {
    closeSuggestions();
  }
}

function onSearchBoxKey(event) {
  if (event.isComposing) return; // Enter ends a word of an input method
  const isOpen = !list.hidden;
  if (event.key === "ArrowDown" && isOpen) {
    event.preventDefault();
    select(selected + 1);
  } else if (event.key === "ArrowUp" && isOpen) {
    event.preventDefault();
    select(selected < 0 ? list.children.length - 1 : selected - 1);
  } else if (event.key === "Enter" && isOpen && selected >= 0) {
    event.preventDefault();
    followSuggestion(list.children[selected]);
  } else if (event.key === "Enter") {
    closeSuggestions();
  } else if (event.key === "Escape" && isOpen) {
    event.preventDefault();
    closeSuggestions();
  } else if (event.key === "Escape" && searchBox.value) {
    searchBox.value = "";
    searchBox.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

if (searchBox && list && (main || document.querySelector("main.home"))) {
  const attributes = {
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": "suggestions",
    "aria-autocomplete": "list",
  };
  for (const [name, value] of Object.entries(attributes)) searchBox.setAttribute(name, value);
  // The input event before the end of a composition has unfinished letters of an input method.
  searchBox.addEventListener("compositionend", () => {
    searchBox.dispatchEvent(new Event("input", { bubbles: true }));
  });
  searchBox.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(suggestionTimer);
    if (searchBox.value.trim().length < MIN_SUGGESTION_LENGTH) closeSuggestions();
    else suggestionTimer = setTimeout(suggest, SUGGESTION_DELAY);
  });
  searchBox.addEventListener("keydown", onSearchBoxKey);
  searchBox.addEventListener("blur", () => setTimeout(() => {
    if (document.activeElement !== searchBox) closeSuggestions();
  }, BLUR_DELAY));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("li");
    if (option) followSuggestion(option);
  });
}

// --- Copy buttons: hidden in the page, and shown where the browser can copy ---

if (navigator.clipboard) {
  const showCopyButtons = () => {
    for (const button of document.querySelectorAll(".copy")) button.hidden = false;
  };
  showCopyButtons();
  if (main) {
    new MutationObserver(showCopyButtons).observe(main, { childList: true, subtree: true });
  }
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = button.dataset.done;
  });
}

// --- The map: if it is wider than the screen, scroll to the country with the most activities ---

const largestTile = document.querySelector(".tiles .t5");
const mapView = largestTile?.closest(".scroll");
if (mapView) {
  const [tile, view] = [largestTile, mapView].map((node) => node.getBoundingClientRect());
  mapView.scrollLeft += tile.left + tile.width / 2 - view.left - view.width / 2;
}
