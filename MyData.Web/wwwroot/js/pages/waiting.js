import { get } from "../counter/calls.js";
import { required } from "../dom.js";
import { MyDataError } from "../errors.js";

/** A page that waits for agencies: asks how it stands, and comes anew where that is another. */
const PAUSE = 1_500;
const LONGEST_PAUSE = 15_000;

const follow = required("[data-follow]");
const lost = required("[data-lost]");

async function wait() {
  for (let pause = PAUSE; ; pause = Math.min(pause * 1.1, LONGEST_PAUSE)) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      const { state } = await get(follow.dataset.follow ?? "");
      lost.hidden = true;
      if (state !== follow.dataset.state) return location.reload();
    } catch (error) {
      if (error instanceof MyDataError && error.code === "session.ended") return location.reload();
      lost.hidden = false;
    }
  }
}

await wait();
