// Suggestions under the search box while somebody types. Without this file the box is a plain form.
const WAIT_MS = 150;
const LEAST_LETTERS = 2;
const KINDS = {
  area: "Body area",
  condition: "Complaint",
  tool_type: "Kind of tool",
  product: "Tool",
  guide: "Guide",
};

const box = document.querySelector(".search input[data-suggestions]");
if (box) suggestFor(box);

function suggestFor(box) {
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  const status = document.createElement("p");
  status.className = "hidden";
  status.setAttribute("role", "status");
  box.form.append(list, status);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("autocomplete", "off");

  let timer;
  let asking = new AbortController();
  let chosen = -1;

  function stop() {
    clearTimeout(timer);
    asking.abort();
  }

  function close() {
    stop();
    choose(-1);
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    status.textContent = "";
  }

  function choose(index) {
    list.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = index;
    const option = list.children[index];
    if (!option) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", option.id);
  }

  function show(suggestions) {
    choose(-1);
    list.replaceChildren(...suggestions.map(optionOf));
    list.hidden = suggestions.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
    const count = suggestions.length === 1 ? "1 suggestion" : `${suggestions.length} suggestions`;
    status.textContent = list.hidden ? "" : `${count}. Use the arrow keys to choose one.`;
  }

  function optionOf(suggestion, index) {
    const option = document.createElement("li");
    option.id = `suggestion-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.url = suggestion.url;
    const name = document.createElement("span");
    name.textContent = suggestion.name;
    const kind = document.createElement("span");
    kind.className = "suggestion-kind";
    kind.textContent = KINDS[suggestion.kind] ?? "";
    option.append(name, " ", kind);
    return option;
  }

  async function ask() {
    stop();
    asking = new AbortController();
    const { signal } = asking;
    const text = box.value.trim();
    if (text.length < LEAST_LETTERS) {
      show([]);
      return;
    }
    try {
      const answer = await fetch(`${box.dataset.suggestions}?${new URLSearchParams({ q: text })}`, { signal });
      const found = answer.ok ? await answer.json() : { suggestions: [] };
      if (!signal.aborted) show(found.suggestions);
    } catch {
      // No answer, or one that nobody waits for any more: the form still searches.
      if (!signal.aborted) show([]);
    }
  }

  box.addEventListener("input", (event) => {
    if (event.isComposing) return;
    stop();
    timer = setTimeout(ask, WAIT_MS);
  });
  box.addEventListener("compositionend", () => {
    stop();
    timer = setTimeout(ask, WAIT_MS);
  });

  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!count) {
        ask();
        return;
      }
      // One place is the box itself, so that what was typed can be come back to.
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(((chosen + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && count && chosen >= 0) {
      event.preventDefault();
      location.assign(list.children[chosen].dataset.url);
    } else if (event.key === "Escape" && count) {
      // The first Escape closes the list, a second one empties the box, as browsers do.
      event.preventDefault();
      close();
    } else if (event.key === "Home" || event.key === "End" || event.key === "ArrowLeft" || event.key === "ArrowRight") {
      choose(-1);
    }
  });

  // The box keeps the focus, or the list would close before the click arrives.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
  // A page that the browser kept shows no list from before.
  addEventListener("pageshow", close);
}
