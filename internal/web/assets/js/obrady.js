/**
 * The one script of the site. Every module looks for its own attributes and
 * does nothing where there are none; without any of them every page works.
 * No module says a word of its own: sentences come from data- attributes.
 */
import { start as favourites } from "./favourites.js";
import { start as timetable } from "./timetable.js";
import { start as zones } from "./zones.js";
import { start as drafts } from "./drafts.js";
import { start as counter } from "./counter.js";
import { start as confirm } from "./confirm.js";
import { start as now } from "./now.js";
import { start as passkeys } from "./passkeys.js";
import { start as seats } from "./seats.js";
import { start as opening } from "./opening.js";
import { start as wishes } from "./wishes.js";
import { start as watch } from "./watch.js";
import { start as door } from "./door.js";
import { start as composer } from "./composer.js";
import { start as follow } from "./follow.js";

for (const begin of [favourites, timetable, zones, drafts, counter, confirm, now, passkeys, seats, opening, wishes, watch, door, composer, follow]) {
  try {
    begin(document);
  } catch (error) {
    console.error(error); // one module's fault must not take the others with it
  }
}
