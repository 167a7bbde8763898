// Shows the button for a security key where the browser can ask one, and hands what the page asks of it to allauth's script.
(() => {
  const button = document.querySelector("[data-security-key]");
  const functions = window.allauth && window.allauth.webauthn && window.allauth.webauthn.forms;
  if (!button || !functions || !window.PublicKeyCredential) return;
  functions[button.dataset.securityKey]({ ids: { add: button.id, authenticate: button.id, credential: "credential", data: "key-options" } });
  document.querySelectorAll("[data-with-key]").forEach((each) => { each.hidden = false; });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.querySelectorAll("[data-key-failed]").forEach((each) => { each.hidden = false; });
  });
})();
