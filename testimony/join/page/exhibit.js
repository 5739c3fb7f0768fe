/** The exhibit that the court shows to this guest: a picture on a card, drawn from the message alone. */
import { t } from "./language.js";

const $ = (id) => document.getElementById(id);
let turn = 0; // a picture that is decoded late does not come after the next one

/** Shows an exhibit, or takes it down where the message names none. */
export async function show({ number, picture }) {
  hide();
  if (!number || !picture) return;
  const mine = turn;
  const bytes = Uint8Array.from(atob(picture), (c) => c.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  if (mine !== turn) return;
  const canvas = $("exhibit-picture");
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d").drawImage(image, 0, 0);
  image.close();
  $("exhibit-title").textContent = t("exhibit.title", { number });
  canvas.setAttribute("aria-label", t("exhibit.title", { number }));
  $("exhibit").hidden = false;
}

/** Takes the exhibit down, and its pixels with it. */
export function hide() {
  turn++;
  $("exhibit").hidden = true;
  $("exhibit-title").textContent = "";
  $("exhibit-picture").width = 0;
}
