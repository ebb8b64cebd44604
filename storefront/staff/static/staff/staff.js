// What htmx itself does not say to people: that something went wrong, and that a menu is left by Escape. And files that
// are too large are not sent first.

const UNREACHABLE = "The shop cannot be reached. Nothing was changed; try again.";

const said = () => document.getElementById("messages").textContent.trim();

const say = (text) => {
  // What asks every second would say it every second.
  if (said() === text) return;
  const note = document.createElement("p");
  note.className = "notice error";
  note.textContent = text;
  document.getElementById("messages").replaceChildren(note);
  note.scrollIntoView({ block: "nearest" });
};

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 401) return;
  say(
    status === 403
      ? "You don’t have permission to do this. Reload the page; if that does not help, ask a manager for the permission."
      : `The shop answered with an error (${status}). Nothing was changed; try again.`,
  );
});

document.addEventListener("htmx:sendError", () => say(UNREACHABLE));

document.addEventListener("htmx:afterOnLoad", () => {
  if (said() === UNREACHABLE) document.getElementById("messages").replaceChildren();
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.activeElement?.closest("details.me[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("submit", (event) => {
  const inputs = event.target.querySelectorAll("input[type=file][data-max-mb]");
  const tooLarge = [...inputs].find((input) => input.files[0]?.size > input.dataset.maxMb * 2 ** 20);
  if (!tooLarge) return;
  event.preventDefault();
  say(`This file is too large: the limit is ${tooLarge.dataset.maxMb} MB. Split the file.`);
  tooLarge.focus();
});
