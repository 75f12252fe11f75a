/**
 * Passkeys: a form with data-passkey="get" or "create" asks the server for
 * the question (data-passkey-begin), the device for the answer, and then
 * sends itself as any form does. It is hidden until there is script; without
 * script there are other ways to sign in. The words stand in attributes.
 */

/** @param {Document} page */
export function start(page) {
  for (const form of page.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    if (!window.PublicKeyCredential) {
      say(form, form.dataset.passkeyMissing);
      continue;
    }
    form.addEventListener("submit", (event) => {
      if (form.dataset.answered) return;
      event.preventDefault();
      ask(form);
    });
  }
}

/** @param {HTMLFormElement} form */
async function ask(form) {
  const button = form.querySelector("button");
  button.disabled = true;
  say(form, "");
  try {
    const begun = await begin(form.dataset.passkeyBegin);
    const question = read(begun.options.publicKey);
    const answer = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: question })
      : await navigator.credentials.get({ publicKey: question });
    form.elements.ticket.value = begun.ticket;
    form.elements.answer.value = JSON.stringify(written(answer));
    form.dataset.answered = "yes";
    button.disabled = false;
    form.requestSubmit();
  } catch {
    // called off, or the device has no key: nothing has changed anywhere
    button.disabled = false;
    say(form, form.dataset.passkeyFailed);
  }
}

/** @param {string} address */
async function begin(address) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** The server writes bytes as base64url; the browser wants them as bytes. */
function read(question) {
  const made = { ...question, challenge: bytes(question.challenge) };
  if (made.user) made.user = { ...made.user, id: bytes(made.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (made[list]) made[list] = made[list].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return made;
}

/** @param {PublicKeyCredential} answer */
function written(answer) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (answer.response[part]) response[part] = text(answer.response[part]);
  }
  if (answer.response.getTransports) response.transports = answer.response.getTransports();
  return {
    id: answer.id,
    rawId: text(answer.rawId),
    type: answer.type,
    response,
    clientExtensionResults: answer.getClientExtensionResults(),
  };
}

/** @param {string} encoded */
function bytes(encoded) {
  return Uint8Array.from(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer */
function text(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {HTMLFormElement} form @param {string} sentence */
function say(form, sentence) {
  const status = form.querySelector("[data-passkey-status]");
  if (!status) return;
  status.textContent = sentence ?? "";
  status.hidden = !sentence;
}
