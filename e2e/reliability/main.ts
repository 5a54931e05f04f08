import { playRound } from "./matrix.ts";
import { createRandom } from "./random.ts";
import { openStage } from "./stage.ts";
import { parts } from "./strike.ts";

const random = createRandom(1);
const t0 = Date.now();
const time = () => ((Date.now() - t0) / 1000).toFixed(1);
const stage = await openStage();
console.log(time(), "open", stage.stack.homeDir);
try {
  for (const part of parts)
    for (const times of [1, 2] as const) {
      const outcomes = await playRound(stage, { part, times, random: random.fork(`${part} ${times}`) });
      console.log(time(), part, times);
      for (const o of outcomes) {
        console.log("  ", o.point, o.recoveryMs);
        for (const w of o.wrongs) console.log("      ✗", w);
      }
    }
} finally {
  console.log(time(), "closing");
  await stage.close(true);
  console.log(time(), "closed");
}
