// Adding to the cart without leaving the page, and how many things are in it. Without this file all of it works as forms.
const count = document.querySelector(".cart-count");

function showCount(number) {
  if (!count) return;
  count.hidden = !number;
  count.textContent = ` (${number})`;
}

const kept = document.cookie.match(/(?:^|; )cart_count=(\d{1,4})/);
showCount(kept ? Number(kept[1]) : 0);

for (const form of document.querySelectorAll("form.add-to-cart")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = form.querySelector(".added");
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
      });
      const found = await answer.json();
      if (found.error) {
        said.textContent = found.error;
      } else {
        showCount(found.count);
        const link = document.createElement("a");
        link.href = found.cart;
        link.textContent = "Go to the cart";
        said.replaceChildren(`${found.added} is in your cart. `, link);
      }
    } catch {
      // No answer that can be read: the plain form shows what is wrong.
      form.submit();
    } finally {
      button.disabled = false;
    }
  });
}
