// Results follow typing and ticking: the server's own fragment is fetched and put in place of what differs.
// Without this script every form and link does the same by loading the page.
const main = document.querySelector("main[data-url]");
const status = document.querySelector("#status");
const WAIT = 200, PACE = 1400, PATIENCE = 20000;
let latest = 0, aborter, typing, announced = 0, saying;

// A value of a facet has its key in its tick alone: there are hundreds.
const keyOf = (node) => node.id || node.dataset?.k || (node.tagName === "LI" && node.querySelector("input")?.value) || "";
const here = () => location.pathname + location.search;
const words = (name) => main.dataset[name];

// Make one tree like another, keeping the nodes that stay: what has the focus, keeps it.
function morph(old, next) {
  if (old.id === "suggestions" || old.isEqualNode(next)) return;
  if (old.id === "q") { if (old !== document.activeElement) old.value = next.getAttribute("value") ?? ""; return; }
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name) && name !== "open" && !(name === "hidden" && old.tagName === "LI")) old.removeAttribute(name);
  for (const { name, value } of next.attributes) if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old.tagName === "INPUT") {
    if (old.type === "checkbox") old.checked = next.hasAttribute("checked");
    else if (old !== document.activeElement && !old.matches(".within")) old.value = next.getAttribute("value") ?? "";
    return;
  }
  const keyed = new Map([...old.children].map((node) => [keyOf(node), node]));
  let at = old.firstChild;
  for (const wanted of [...next.childNodes]) {
    const key = wanted.nodeType === 1 && keyOf(wanted);
    let found = key ? keyed.get(key) : at;
    if (!found || found.nodeType !== wanted.nodeType || found.nodeName !== wanted.nodeName || (!key && found.nodeType === 1 && keyOf(found))) {
      old.insertBefore(wanted, at);
      continue;
    }
    if (found !== at) old.insertBefore(found, at);
    at = found.nextSibling;
    if (found.nodeType === 1) morph(found, wanted);
    else if (found.data !== wanted.data) found.data = wanted.data;
  }
  while (at) { const gone = at; at = at.nextSibling; gone.remove(); }
}

function announce(text) {
  clearTimeout(saying);
  saying = setTimeout(() => { announced = Date.now(); status.textContent = text; }, Math.max(0, announced + PACE - Date.now()));
}

function trouble(text) {
  const box = main.querySelector("#trouble");
  box.hidden = !text;
  box.firstElementChild.textContent = text;
}

const remember = () => history.replaceState({ ...history.state, y: scrollY, focus: focused() }, "");
function focused() {
  const node = document.activeElement;
  return node && node !== document.body ? node.id || (node.name && `${node.name}=${node.value}`) || node.getAttribute("href") : "";
}
function refocus(mark) {
  const node = mark && (document.getElementById(mark) || [...main.querySelectorAll("input, a")].find((n) => `${n.name}=${n.value}` === mark || n.getAttribute("href") === mark));
  node?.focus({ preventScroll: true });
  return Boolean(node);
}

async function show(url, { push = true, replace = false, state = null, top = false, to = "" } = {}) {
  const turn = ++latest;
  aborter?.abort();
  aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort("late"), PATIENCE);
  main.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch("/fragment" + new URL(url, location).search, { signal: aborter.signal, headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    const text = await answer.text();
    if (turn !== latest) return;
    const holder = document.createElement("template"); // a DOMParser takes four times as long: 20 ms of a tick
    holder.innerHTML = text;
    const next = holder.content.querySelector("main");
    if (push) { remember(); history[replace ? "replaceState" : "pushState"]({}, "", next.dataset.url); }
    const had = document.activeElement, mark = main.contains(had) && focused();
    // What was ticked and never answered is as it was; q is what was typed.
    for (const box of main.querySelectorAll("[type=checkbox]")) if (box.checked !== box.defaultChecked) box.checked = box.defaultChecked;
    for (const box of main.querySelectorAll(".range input")) if (box !== had && box.value !== box.defaultValue) box.value = box.defaultValue;
    morph(main, next);
    for (const box of main.querySelectorAll(".within")) if (box.value) within(box);
    document.title = next.dataset.title;
    announce(next.dataset.count);
    trouble("");
    if (top) scrollTo(0, 0);
    if (state) { scrollTo(0, state.y || 0); refocus(state.focus); }
    else if (to) document.getElementById(to)?.focus();
    else if (top) main.querySelector("h1").focus({ preventScroll: true });
    // What was moved has lost the focus and is given it again; what is gone leaves it to the heading.
    else if (had !== document.activeElement && had.isConnected) had.focus({ preventScroll: true });
    else if (had !== document.activeElement && !refocus(mark)) main.querySelector("h1").focus({ preventScroll: true });
    return true;
  } catch (error) {
    if (turn !== latest) return;
    trouble(words("trouble"));
  } finally {
    clearTimeout(timer);
    if (turn === latest) main.removeAttribute("aria-busy");
  }
}

// The address of what the forms say.
function asked(button) {
  const form = document.querySelector(".facets") || document.querySelector(".box");
  const said = new URLSearchParams([...new FormData(form, button?.form === form && button.name ? button : null)].filter(([name, value]) => value && name !== "q"));
  const text = document.querySelector("#q").value.trim();
  return "/?" + new URLSearchParams([...(text ? [["q", text]] : []), ...said]);
}

if (main && "fetch" in window) {
  history.scrollRestoration = "manual";
  if (history.state) { scrollTo(0, history.state.y || 0); refocus(history.state.focus); }
  let lastTyped = "";
  main.addEventListener("input", (event) => {
    if (event.target.id !== "q") return;
    clearTimeout(typing);
    // One entry in the history for all that is typed at a stretch.
    typing = setTimeout(async () => { if (await show(asked(), { replace: lastTyped === here() })) lastTyped = here(); }, WAIT);
  });
  main.addEventListener("change", (event) => {
    if (event.target.closest(".facets") && event.target.name) { clearTimeout(typing); show(asked()); }
  });
  main.addEventListener("submit", (event) => {
    // Why a result was found stands in its place, and is no step in the history.
    if (event.target.id === "ask") {
      event.preventDefault();
      show("/?" + new URLSearchParams(new FormData(event.target, event.submitter)), { to: "why", replace: true });
      return;
    }
    if (!event.target.matches(".box, .facets")) return;
    event.preventDefault();
    clearTimeout(typing);
    close();
    // A button of the box that says something stands for a link of a shorter search.
    const onward = event.target.matches(".box") && event.submitter?.name && "/?" + new URLSearchParams(new FormData(event.target, event.submitter));
    show(onward || asked(event.submitter), { top: Boolean(event.submitter?.closest(".pages")) });
  });
  main.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const url = link.getAttribute("href");
    if (url !== "/" && !url.startsWith("/?")) return;
    event.preventDefault();
    clearTimeout(typing);
    const box = document.querySelector("#q");
    box.value = new URL(url, location).searchParams.get("q") ?? "";
    show(url, { top: Boolean(link.closest(".pages, .results, .nothing")) });
  });
  addEventListener("popstate", (event) => {
    clearTimeout(typing);
    const text = new URL(location).searchParams.get("q") ?? "";
    document.querySelector("#q").value = text;
    show(here(), { push: false, state: event.state ?? {} });
  });
  addEventListener("pagehide", remember);
  addEventListener("scrollend", remember);
  main.addEventListener("focusin", remember);
  main.addEventListener("input", (event) => { if (event.target.matches(".within")) within(event.target); });
}

// Only the values of a facet that have a name, in any language, that begins so; and what lies inside them.
async function within(box) {
  const facet = box.closest("fieldset"), text = box.value.trim();
  let values = null;
  try {
    if (text) values = new Set((await (await fetch(`/api/v1/names?${new URLSearchParams({ field: box.dataset.field, q: text })}`)).json()).values);
  } catch { trouble(words("trouble")); return; }
  if (box.value.trim() !== text) return;
  const fits = (item) => values.has(item.querySelector("input").value);
  for (const item of [...facet.querySelectorAll("li")].reverse()) {
    let above = item;
    while (above && values && !fits(above)) above = above.parentElement.closest("li");
    item.hidden = Boolean(values) && !above && !item.querySelector("li:not([hidden])");
  }
  if (values) for (const more of facet.querySelectorAll(".more")) more.open = true;
  facet.querySelector(".none").hidden = !values || Boolean(facet.querySelector("li:not([hidden])"));
}

// Suggestions: an ARIA combobox. Enter without a choice searches for what was typed.
const box = document.querySelector("#q");
const list = document.querySelector("#suggestions");
let choice = -1, wanted = "", pause;

function close() {
  if (!list) return;
  clearTimeout(pause);
  wanted = "";
  choice = -1;
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}
function choose(at) {
  const options = [...list.children];
  choice = (at + options.length + 1) % (options.length + 1);
  if (choice === options.length) choice = -1;
  options.forEach((option, n) => option.setAttribute("aria-selected", String(n === choice)));
  if (choice < 0) box.removeAttribute("aria-activedescendant");
  else { box.setAttribute("aria-activedescendant", options[choice].id); options[choice].scrollIntoView({ block: "nearest" }); }
}
function follow(option) {
  const url = option.dataset.url;
  close();
  clearTimeout(typing);
  if (!main || !url.startsWith("/?")) { location.assign(url); return; }
  box.value = new URL(url, location).searchParams.get("q") ?? "";
  show(url);
}
async function offer() {
  const text = box.value;
  wanted = text;
  const query = new URLSearchParams(new URL(asked(), location).search);
  query.set("q", text);
  try {
    const answer = await fetch(`/api/v1/suggest?${query}`);
    const found = answer.ok ? (await answer.json()).suggestions : [];
    if (wanted !== text || document.activeElement !== box) return;
    list.replaceChildren(...found.map((one, n) => {
      const item = document.createElement("li");
      item.id = `suggestion-${n}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.url = one.url;
      for (const [name, value] of [["what", one.label], ["kind", one.kind_label], ["count", one.total_label]]) {
        const part = document.createElement("span");
        part.className = name;
        part.textContent = value;
        item.append(part, " ");
      }
      return item;
    }));
    choice = -1;
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(Boolean(found.length)));
  } catch { close(); }
}
if (box && list && main) {
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": "suggestions", "aria-autocomplete": "list" })) box.setAttribute(name, value);
  box.addEventListener("input", () => {
    clearTimeout(pause);
    if (box.value.trim().length < 2) close();
    else pause = setTimeout(offer, 120);
  });
  box.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.isComposing) return; // Enter ends a word of an input method
    if (event.key === "ArrowDown" && open) { event.preventDefault(); choose(choice + 1); }
    else if (event.key === "ArrowUp" && open) { event.preventDefault(); choose(choice < 0 ? list.children.length - 1 : choice - 1); }
    else if (event.key === "Enter" && open && choice >= 0) { event.preventDefault(); follow(list.children[choice]); }
    else if (event.key === "Enter") close();
    else if (event.key === "Escape") { if (open) { event.preventDefault(); close(); } else if (box.value) { box.value = ""; box.dispatchEvent(new Event("input", { bubbles: true })); } }
  });
  box.addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== box) close(); }, 150));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => { const option = event.target.closest("li"); if (option) follow(option); });
}

// A citation is copied by a button, where that can be done.
if (navigator.clipboard) {
  const offerCopies = () => document.querySelectorAll(".copy").forEach((button) => { button.hidden = false; });
  offerCopies();
  if (main) new MutationObserver(offerCopies).observe(main, { childList: true, subtree: true });
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".copy");
    if (button) navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent).then(() => { button.textContent = button.dataset.done; });
  });
}

// A map that is wider than the screen begins where there is most.
const most = document.querySelector(".tiles .t5"), view = most?.closest(".scroll");
if (view) {
  const [tile, seen] = [most, view].map((node) => node.getBoundingClientRect());
  view.scrollLeft += tile.left + tile.width / 2 - seen.left - seen.width / 2;
}
