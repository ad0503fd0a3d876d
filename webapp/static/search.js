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
  if (old.id === "suggestions" || old.matches(".switch, [name=add]") || old.isEqualNode(next)) return;
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
  if (old.tagName === "SELECT") old.value = next.value;
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

// Show an error, which screen readers announce, after the control that was used. Without a text,
// remove the error.
function showError(text, control) {
  for (const old of main.querySelectorAll(".trouble")) old.remove();
  if (!text) return;
  const box = document.createElement("p");
  box.className = "trouble";
  box.setAttribute("role", "alert");
  const parent = main.contains(control) ? control : document.querySelector("#q");
  parent.closest("li > div, .range, .line, .chips, .tools, .pages, svg, p, form").after(box);
  box.textContent = text;
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

// Return the row of a filter, which keeps its place when its button changes.
function facetRow(node) {
  const box = node?.closest?.(".facets li > div")?.querySelector("input");
  return box && { name: box.name, value: box.value };
}

// Focus the button or the checkbox of a filter. Return whether the filter exists.
function focusFacetRow(row, isButton) {
  if (!row) return false;
  const box = [...main.querySelectorAll(`.facets input[name="${row.name}"]`)]
    .find((node) => node.value === row.value && node.checkVisibility());
  const node = isButton ? box?.closest("div").querySelector("button") : box;
  node?.focus({ preventScroll: true });
  return Boolean(node);
}

const focusHeading = () => main.querySelector("h1").focus({ preventScroll: true });

// --- Search ---

// Show the results of an address, and return whether they arrived.
//
// push: add the address to the history. replace: replace the current entry instead.
// state: the scroll position and the focus to restore. top: scroll to the top.
// focusId: the id of the element to focus. control: the element that was used.
async function show(url, options = {}) {
  const { push = true, replace = false, state = null, top = false, focusId = "" } = options;
  const control = options.control ?? document.activeElement;
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
    const row = facetRow(focused);
    const { page, order } = main.dataset;
    resetForms(focused);
    morph(main, next);
    for (const box of main.querySelectorAll(".within")) if (box.value) filterFacet(box);
    document.title = next.dataset.title;
    // Paging and sorting do not change the count.
    const changes = [next.dataset.page !== page && (next.dataset.page || main.dataset.first),
      next.dataset.order !== order && next.dataset.order];
    announce([next.dataset.count, ...changes.filter(Boolean)].join(", "));
    showError("");
    if (top) scrollTo(0, 0);
    if (state) restoreState(state);
    else if (focusId) document.getElementById(focusId)?.focus();
    else if (top) focusHeading();
    else if (focused !== document.activeElement) {
      // A node that was moved has lost the focus. The heading replaces a node that was removed.
      if (focused.isConnected) focused.focus({ preventScroll: true });
      else if (!focusFacetRow(row, focused.tagName === "BUTTON") && !restoreFocus(mark)) {
        focusHeading();
      }
    }
    return true;
  } catch {
    if (thisRequest === latestRequest) {
      resetForms(document.activeElement);
      showError(main.dataset.trouble, control);
    }
    return false;
  } finally {
    clearTimeout(timer);
    if (thisRequest === latestRequest) main.removeAttribute("aria-busy");
  }
}

async function fetchFragment(url, signal) {
  const query = new URLSearchParams(new URL(url, location).search);
  // The filters that are listed first stay there until the page is loaded again.
  for (const box of main.querySelectorAll(".first input")) {
    query.append("first", `${box.name}:${box.value}`);
  }
  const address = `/fragment?${query}`;
  const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(response.status);
  // A DOMParser takes four times as long: 20 ms after each selection.
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return template.content.querySelector("main");
}

// Undo changes whose search never arrived. The search box keeps the words that were typed.
function resetForms(focused) {
  for (const box of main.querySelectorAll("[type=checkbox]:not(.switch, [name=add]), select")) {
    if (box.tagName === "SELECT") {
      if (box !== focused || box.form) box.value = box.querySelector("[selected]")?.value ?? box.value;
    } else if (box.checked !== box.defaultChecked) box.checked = box.defaultChecked;
  }
  for (const box of main.querySelectorAll(".range input")) {
    if (box !== focused && box.value !== box.defaultValue) box.value = box.defaultValue;
  }
}

// Return whether the last word is a single letter. It is not searched while the reader types,
// except in scripts in which one character can be a word.
function isFirstLetter(text) {
  const word = text.match(/(?:^|\s)(\p{L})$/u)?.[1];
  const isWord = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}]/u;
  return Boolean(word) && !isWord.test(word);
}

// Return the address of the search in the forms.
function formAddress(button) {
  const form = document.querySelector(".facets") || document.querySelector(".box");
  const data = new FormData(form, button?.form === form && button.name ? button : null);
  const filters = [...data].filter(([name, value]) => value && name !== "q");
  const words = document.querySelector("#q").value.trim();
  const query = new URLSearchParams([...(words ? [["q", words]] : []), ...filters]);
  // A country is in the list of the most frequent and in the list of all: ticked is ticked once.
  return "/?" + new URLSearchParams(new Map([...query].map((pair) => [pair.join("="), pair]))
    .values());
}

const buttonAddress = ({ target, submitter }) =>
  "/?" + new URLSearchParams(new FormData(target, submitter));

function onSubmit(event) {
  if (event.target.id === "ask") { // an explanation opens in its place, without a history entry
    event.preventDefault();
    show(buttonAddress(event), { focusId: "why", replace: true, control: event.submitter });
    return;
  }
  if (!event.target.matches(".box, .facets, #order")) return;
  event.preventDefault();
  clearTimeout(searchTimer);
  closeSuggestions();
  // If the address of a search is long, named buttons of the search form replace links.
  const replacesLink = event.target.matches(".box") && event.submitter?.name;
  const isOwnForm = replacesLink || event.target.id === "order";
  const address = isOwnForm ? buttonAddress(event) : formAddress(event.submitter);
  const { submitter } = event;
  show(address, { top: Boolean(submitter?.closest(".pages")), control: submitter });
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
  show(url, { top: Boolean(link.closest(".pages, .results, .nothing")), control: link });
}

// A country can be in two lists of the form.
function tickEverywhere(box) {
  for (const other of main.querySelectorAll(`.facets input[name="${box.name}"]`)) {
    if (other.value === box.value) other.checked = box.checked;
  }
}

function onChange({ target }) {
  if (target.id === "sort") {
    clearTimeout(searchTimer);
    show("/?" + new URLSearchParams(new FormData(target.form)), { control: target });
    return;
  }
  if (!target.closest(".facets") || !target.name) return;
  clearTimeout(searchTimer);
  if (target.type === "checkbox") tickEverywhere(target);
  show(formAddress(), { control: target });
}

if (main && "fetch" in window) {
  history.scrollRestoration = "manual";
  if (history.state) restoreState(history.state);
  let typedAddress = ""; // consecutive searches by typing share one history entry
  main.addEventListener("input", (event) => {
    if (event.target.matches(".within")) filterFacet(event.target);
    if (event.target.id !== "q" || event.isComposing) return;
    clearTimeout(searchTimer);
    if (isFirstLetter(event.target.value)) return;
    searchTimer = setTimeout(async () => {
      const replace = typedAddress === currentAddress();
      if (await show(formAddress(), { replace })) typedAddress = currentAddress();
    }, TYPING_DELAY);
  });
  main.addEventListener("change", onChange);
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
  for (const item of [...facet.querySelectorAll(".more li")].reverse()) {
    let ancestor = item;
    while (ancestor && values && !matches(ancestor)) {
      ancestor = ancestor.parentElement.closest("li");
    }
    item.hidden = Boolean(values) && !ancestor && !item.querySelector("li:not([hidden])");
  }
  // All regions are open during the search, and those with a ticked place after it.
  for (const region of facet.querySelectorAll(".more details")) {
    region.open = Boolean(values) || Boolean(region.querySelector(":checked"));
  }
  const hasMatch = Boolean(facet.querySelector(".more li:not([hidden])"));
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

// --- The year chart: a drag from one bar to another selects the years between them ---

let dragStart = null; // the link of the first year

function selectYears(first, last) {
  const [low, high] = [first, last].map((link) => Number(link.dataset.k)).sort((a, b) => a - b);
  const address = new URL(formAddress(), location);
  address.searchParams.delete("year");
  address.searchParams.set("year_from", low);
  address.searchParams.set("year_to", high);
  show("/" + address.search, { control: first });
}

if (main) {
  const barAt = (event) => document.elementFromPoint(event.clientX, event.clientY)
    ?.closest?.(".years a");
  main.addEventListener("pointerdown", (event) => {
    dragStart = event.button ? null : event.target.closest(".years a");
  });
  main.addEventListener("pointerup", (event) => {
    const end = dragStart && barAt(event);
    if (end && end !== dragStart) selectYears(dragStart, end);
    dragStart = null;
  });
  main.addEventListener("dragstart", (event) => {
    if (event.target.closest(".years")) event.preventDefault(); // of the address of a bar
  });
}

// --- The filters as a sheet on a phone, and the menu of downloads ---

const isNarrow = matchMedia("(max-width: 55.99rem)");
const sheet = () => main.querySelector(".narrow");

function setSheet(isOpen) {
  const outside = document.querySelectorAll(
    "body > header, body > footer, main > .top, main > .found, #picked",
  );
  for (const part of outside) part.inert = isOpen && isNarrow.matches;
}

function closeSheet() {
  sheet().open = false;
  setSheet(false);
}

if (main) {
  main.addEventListener("toggle", ({ target }) => {
    if (target === sheet()) setSheet(target.open);
  }, true);
  isNarrow.addEventListener("change", () => setSheet(Boolean(sheet()?.open)));
  main.addEventListener("click", ({ target }) => {
    if (!target.closest(".done")) return;
    closeSheet();
    scrollTo(0, 0);
    focusHeading();
  });
  document.addEventListener("click", ({ target }) => {
    for (const menu of main.querySelectorAll(".menu[open]")) {
      if (!menu.contains(target) || target.closest("a")) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = main.querySelector(".menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (isNarrow.matches && sheet()?.open && !event.target.value) {
      closeSheet();
      sheet().querySelector("summary").focus();
    }
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
    await navigator.clipboard.writeText(source.href ?? source.textContent);
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

// --- The reader's selection of activities, kept in the browser: ticks, count, and bar below the
// results. Without this script, a form keeps the selection in the address. ---

const SELECTION_KEY = "selection";
const MAX_SELECTION = 500; // activities
const MAX_IDS = 50; // in an address; of more activities it has hashes
const HASH_LENGTH = 12; // digits

const counter = document.querySelector("#mine"); // in the header
const bar = document.querySelector("#picked"); // of the search page only
let kept = "[]"; // the selection, if the browser stores nothing

// Return the selected activities: ids by hash, in their order. An id can be unknown ("").
function selection() {
  try {
    return new Map(JSON.parse(localStorage.getItem(SELECTION_KEY) ?? "[]"));
  } catch {
    return new Map(JSON.parse(kept));
  }
}

function save(selected) {
  kept = JSON.stringify([...selected]);
  try {
    localStorage.setItem(SELECTION_KEY, kept);
  } catch {
    // Private windows may store nothing: the selection lasts as long as the main.
  }
  showSelection();
}

function addressOf(selected) {
  const ids = [...selected.values()];
  if (ids.length <= MAX_IDS && ids.every(Boolean)) {
    return "/?" + new URLSearchParams(ids.map((id) => ["id", id]));
  }
  return `/?ids=${HASH_LENGTH}.${[...selected.keys()].join("")}`;
}

// Return the hash of the activity of a tick box: the id of the heading of its result.
const hashOf = (box) => box.getAttribute("aria-labelledby").split(" ")[1];

// Return the hashes of the selection that the page shows.
function shownHashes() {
  const shown = main?.querySelector(".selection");
  return shown ? shown.dataset.hashes.split(" ").filter(Boolean) : null;
}

// Make the ticks, the count and the bar equal to the selection.
function showSelection() {
  const selected = selection();
  for (const box of document.querySelectorAll("input[name=add]")) {
    box.checked = selected.has(hashOf(box));
  }
  counter.textContent = counter.dataset.text.replace("{n}", selected.size);
  counter.href = addressOf(selected);
  counter.hidden = !selected.size;
  const shown = shownHashes();
  const take = main?.querySelector(".take");
  if (take) take.hidden = shown.every((hash) => selected.has(hash));
  if (!bar) return;
  const text = bar.dataset.text.replace("{n}", selected.size);
  const output = bar.querySelector("output");
  if (output.textContent !== text) output.textContent = text;
  bar.querySelector("a").href = addressOf(selected);
  bar.hidden = !selected.size || Boolean(shown);
}

function onTick({ target }) {
  if (target.name !== "add") return;
  const selected = selection();
  if (target.checked && selected.size >= MAX_SELECTION) {
    target.checked = false;
    bar.querySelector("output").textContent = bar.dataset.full;
    return;
  }
  if (target.checked) selected.set(hashOf(target), target.value);
  else selected.delete(hashOf(target));
  save(selected);
}

// Remove the activities whose hashes begin with some digits.
function remove(prefixes) {
  const selected = selection();
  for (const hash of [...selected.keys()]) {
    if (prefixes.some((digits) => hash.startsWith(digits))) selected.delete(hash);
  }
  save(selected);
}

function takeAll(button) {
  const selected = selection();
  const idOf = new Map([...new URL(main.dataset.url, location).searchParams.getAll("id")]
    .map((id, n) => [shownHashes()[n], id]));
  for (const hash of shownHashes()) {
    if (selected.size < MAX_SELECTION && !selected.has(hash)) selected.set(hash, idOf.get(hash) ?? "");
  }
  save(selected);
  button.hidden = false;
  button.disabled = true;
  button.textContent = button.dataset.done;
}

document.addEventListener("change", onTick);
document.addEventListener("click", ({ target }) => {
  const link = target.closest("a, button");
  const removed = link?.querySelector("[data-remove]");
  if (removed) remove(removed.dataset.remove.split(" "));
  else if (link?.matches(".take")) takeAll(link);
  else if (link?.matches("#picked button")) {
    save(new Map());
    main.querySelector("h1").focus({ preventScroll: true });
  }
});
// Enter in a tick box would send the form that is used without this script.
document.addEventListener("submit", (event) => {
  if (event.target.id === "pick") event.preventDefault();
});
addEventListener("storage", ({ key }) => {
  if (key === SELECTION_KEY || key === null) showSelection(); // another tab has changed it
});
addEventListener("pageshow", showSelection);
if (main) new MutationObserver(showSelection).observe(main, { childList: true, subtree: true });
showSelection();
