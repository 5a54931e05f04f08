import type { Random } from "./random.ts";
import { type Effect, lastStep, type Pace, type Step } from "./script.ts";

/** A turn's steps: one to four with one or two calls each, some of which take a while. */
export function randomSteps(random: Random, turn: number, slowness = 1): Step[] {
  const steps = Array.from({ length: random.between(1, 4) }, (_, index): Step => {
    const name = `t${turn}s${index}`;
    const effects = Array.from({ length: random.between(1, 2) }, (_, call) =>
      randomEffect(random, `${name}c${call}`, slowness),
    );
    return { text: `${name}: one two three four five six.`, effects };
  });
  return [...steps, lastStep];
}

function randomEffect(random: Random, name: string, slowness: number): Effect {
  if (random.next() < 0.25) return { type: "file", path: `${name}.txt`, content: `${name}\nis written once\n` };
  const slow = random.next() < 0.5;
  return { type: "command", line: name, sleepMs: slow ? random.between(100, 1_500) * slowness : 0 };
}

export function randomPace(random: Random): Pace {
  return { firstMs: random.between(0, 600), pieceMs: random.between(0, 60) };
}
