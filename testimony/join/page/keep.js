// What this device keeps of an invitation, so that a reload or a lost connection does not cost the seat: the link's secret
// and a signing key that the browser will not export. It is erased when the hearing has ended or the link is refused.

const days = 24 * 3600 * 1000;
const keptFor = 3 * days;

// Without a database (some private windows) everything works but a reload.
const memory = new Map();

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("paravent", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("invitations", { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

async function use(mode, act) {
  const db = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = db.transaction("invitations", mode);
      const request = act(transaction.objectStore("invitations"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    db.close();
  }
}

/** The record kept for an invitation, or undefined. */
export async function recall(id) {
  try {
    return (await use("readonly", (store) => store.get(id))) ?? memory.get(id);
  } catch {
    return memory.get(id);
  }
}

export async function remember(record) {
  record.at = Date.now();
  memory.set(record.id, record);
  try {
    await use("readwrite", (store) => store.put(record));
  } catch {
    // It stays in memory.
  }
}

export async function forget(id) {
  memory.delete(id);
  try {
    await use("readwrite", (store) => store.delete(id));
  } catch {
    // There is nothing to erase where nothing could be kept.
  }
}

/** Erases what earlier hearings left behind. */
export async function forgetOld() {
  try {
    const all = (await use("readonly", (store) => store.getAll())) ?? [];
    for (const record of all) if (!(Date.now() - record.at < keptFor)) await forget(record.id);
  } catch {
    // As above.
  }
}

/** Makes this device's key for an invitation. The private half cannot be read, here or anywhere. */
export function newDeviceKey() {
  return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
}

export async function publicJWK(pair) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { crv, kty, x, y };
}

export function sign(pair, transcript) {
  return crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, transcript);
}
