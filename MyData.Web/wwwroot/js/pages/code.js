import { readCode } from "../counter/code.js";
import { required } from "../dom.js";

/**
 * The page `/c`, where a camera that knows nothing of counters leads: takes the code out of the address at once, sends nothing, and lets a
 * clerk go on to her screen.
 */
const said = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

const link = required("[data-to-desk]");
try {
  readCode(said);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    location.assign(`${link.getAttribute("href")}#${said}`);
  });
} catch {
  required("[data-no-code]").hidden = said === "";
}
addEventListener("pageshow", (event) => event.persisted && location.reload());
