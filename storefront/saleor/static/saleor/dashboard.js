// Staff pages inside a frame of Saleor's dashboard. The dashboard hands over a token, which is traded for a pass of ours
// of a few minutes; every request carries it in a header. There is no cookie. Pages are fetched and their <main> put here;
// the address of the page that is shown stands behind the # of the frame's own.

const given = document.body.dataset;
const dashboards = given.origins.split(" ").filter(Boolean);
const isWidget = document.body.classList.contains("widget");
const SHOWN = ["/staff/imports/", "/staff/review/"];
const NO_TOKEN = "Saleor’s dashboard did not provide a token. Reload the page.";
const WAIT_MS = 10_000;
const EARLY_MS = 5_000;

let shown = new URL(given.start + location.search, location.origin);
let dashboard = "";
let pass = null;
let waiting = [];
let turns = 0;

// --- the dashboard ------------------------------------------------------------------------------------------

const post = (type, payload = {}) => {
  const action = { type, payload: { actionId: crypto.randomUUID?.() ?? String(Math.random()), ...payload } };
  // Which of them frames us is known once it has spoken; the others are not reached by what is addressed to them.
  for (const origin of dashboard ? [dashboard] : dashboards) window.parent.postMessage(action, origin);
};

const trade = async (token) => {
  let answer;
  try {
    answer = await fetch(given.exchange, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      credentials: "omit",
    });
  } catch {
    return say(UNREACHABLE);
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) return say(said.error ?? `The shop answered with an error (${answer.status}).`);
  pass = { text: said.pass, until: Date.now() + said.seconds * 1000 };
  const isFirst = !document.body.dataset.ready;
  document.body.dataset.ready = "yes";
  waiting.splice(0).forEach((go) => go());
  if (isFirst) await go(shown, { as: "replace" });
};

const paint = (theme) => {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
};

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || !dashboards.includes(event.origin)) return;
  const { type, payload } = event.data ?? {};
  if (typeof type !== "string" || typeof payload !== "object" || payload === null) return;
  if (type === "handshake" || type === "tokenRefresh") {
    dashboard = event.origin;
    if (typeof payload.token === "string") trade(payload.token);
  }
  if (type === "theme") paint(payload.theme);
});

const isGood = () => pass !== null && pass.until - Date.now() >= EARLY_MS;

// A pass that is good for this request; the dashboard is asked for another token where there is none.
const goodPass = async () => {
  if (!isGood()) {
    const renewed = new Promise((resolve, reject) => {
      waiting.push(resolve);
      setTimeout(reject, WAIT_MS, new Error(NO_TOKEN));
    });
    post("notifyReady");
    await renewed;
  }
  return pass.text;
};

// --- pages --------------------------------------------------------------------------------------------------

const ask = async (url, { method = "GET", body } = {}) => {
  for (const isLast of [false, true]) {
    const answer = await fetch(url, {
      method,
      body,
      headers: { Authorization: `Bearer ${await goodPass()}`, "HX-Current-URL": shown.href },
      credentials: "omit",
    });
    if (answer.status !== 401 || isLast) return answer;
    pass = null;
  }
};

const go = async (url, { method, body, as = "push" } = {}) => {
  const main = document.querySelector("main");
  const turn = (turns += 1);
  main.setAttribute("aria-busy", "true");
  try {
    const answer = await ask(url, { method, body });
    // Something else was asked for meanwhile; that is what is shown.
    if (turn !== turns) return;
    if (answer.headers.get("Content-Disposition")?.startsWith("attachment")) return await keep(answer);
    const text = await answer.text();
    if (answer.status === 401) return say(NO_TOKEN);
    put(text);
    note(new URL(new URL(answer.url).href + url.hash), as);
  } catch (error) {
    say(error.message === NO_TOKEN ? NO_TOKEN : UNREACHABLE);
  } finally {
    main.removeAttribute("aria-busy");
  }
};

const put = (text) => {
  const page = new DOMParser().parseFromString(text, "text/html");
  const main = page.querySelector("main");
  if (!main) return say("The shop sent an unexpected response. Try again.");
  dress(page);
  document.title = page.title;
  document.querySelector("main").replaceWith(document.adoptNode(main));
  if (!document.getElementById("messages")) {
    const messages = document.createElement("div");
    messages.id = "messages";
    messages.setAttribute("role", "status");
    main.prepend(messages);
  }
  main.tabIndex = -1;
  htmx.process(main);
  (main.querySelector("[autofocus]") ?? main).focus({ preventScroll: isWidget });
  if (!isWidget) window.scrollTo(0, 0);
};

// A page's own style sheets come and go with it.
const dress = (page) => {
  const wanted = [...page.head.querySelectorAll('link[rel="stylesheet"]')].map((link) => link.getAttribute("href"));
  const here = [...document.head.querySelectorAll('link[rel="stylesheet"]')];
  for (const link of here) if (link.dataset.page && !wanted.includes(link.getAttribute("href"))) link.remove();
  for (const href of wanted) {
    if (here.some((link) => link.getAttribute("href") === href)) continue;
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href });
    link.dataset.page = "yes";
    document.head.append(link);
  }
};

// Where we are: in the frame's history, and marked in its navigation.
const note = (url, as = "push") => {
  shown = url;
  const page = url.pathname + url.search;
  if (as === "push" || as === "replace") history[`${as}State`]({ page }, "", `#${page}`);
  for (const link of document.querySelectorAll(".places a")) {
    if (url.pathname.startsWith(link.pathname)) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
};

const keep = async (answer) => {
  const name = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name ? name[1] : "download";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

const isShown = (url) => url.origin === location.origin && SHOWN.some((start) => url.pathname.startsWith(start));

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || link.hasAttribute("download") || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey) return;
  if (link.dataset.saleor) {
    event.preventDefault();
    return post("redirect", { to: link.dataset.saleor });
  }
  const href = link.getAttribute("href");
  if (href.startsWith("#")) {
    event.preventDefault();
    return document.getElementById(href.slice(1))?.scrollIntoView();
  }
  const url = new URL(href, shown);
  event.preventDefault();
  if (isShown(url)) return go(url);
  window.open(url, "_blank", "noopener");
});

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  const form = event.target;
  const data = new FormData(form, event.submitter);
  const url = new URL(event.submitter?.getAttribute("formaction") || form.getAttribute("action") || "", shown);
  if (!isShown(url)) return;
  if (form.method === "post") return go(url, { method: "POST", body: data });
  url.search = new URLSearchParams(data);
  return go(url);
});

window.addEventListener("popstate", (event) => {
  const url = new URL(event.state?.page ?? location.hash.slice(1), location.origin);
  if (isShown(url)) go(url, { as: "" });
});

// --- parts of pages, by htmx --------------------------------------------------------------------------------

document.addEventListener("htmx:confirm", (event) => {
  if (isGood()) return;
  event.preventDefault();
  goodPass().then(() => event.detail.issueRequest(true), () => say(NO_TOKEN));
});

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers.Authorization = `Bearer ${pass?.text ?? ""}`;
  event.detail.headers["HX-Current-URL"] = shown.href;
});

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, requestConfig } = event.detail;
  const to = xhr.getResponseHeader("HX-Redirect");
  if (xhr.status === 401) {
    event.preventDefault();
    pass = null;
    if (requestConfig.verb !== "get") say("Nothing was changed; try again.");
  } else if (to) {
    event.preventDefault();
    go(new URL(to, shown));
  }
});

document.addEventListener("htmx:pushedIntoHistory", (event) => note(new URL(event.detail.path, shown)));
document.addEventListener("htmx:replacedInHistory", (event) => note(new URL(event.detail.path, shown), "replace"));

// --- the beginning ------------------------------------------------------------------------------------------

if (isWidget) {
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (dashboard && height !== told) post("widgetResize", { height: (told = height) });
  }).observe(document.body);
}

paint(new URLSearchParams(location.search).get("theme"));
const before = new URL(location.hash.slice(1) || "/", location.origin);
if (isShown(before)) shown = before;
if (window.parent === window) {
  document.getElementById("waiting").textContent =
    "This page only works inside Saleor’s dashboard. Open Knotwise there, under Extensions.";
} else {
  post("notifyReady");
}
