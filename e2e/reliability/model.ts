import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { deliver } from "@heddle/infra/demo-model/answer-stream";
import { currentTurn, readConversation } from "@heddle/infra/demo-model/conversation";
import { planAnswer } from "@heddle/infra/demo-model/scenario-plan";
import { requestKind, writeSideAnswer } from "@heddle/infra/demo-model/side-requests";
import { chatRequestSchema } from "@heddle/infra/demo-model/wire";
import { createLatch, type Latch } from "./latch.ts";
import { readHead } from "./script.ts";

/** A place in the conversation of one thread: the request for the answer after so many steps of its n-th turn, from 1. */
export type Place = { marker: string; turn: number; step: number };

export type ModelRequest = Place & {
  kind: "turn" | "title" | "commitMessage";
  at: number;
  /** The whole answer was handed to the network. */
  delivered: boolean;
  /** When the connection was over, in milliseconds since the epoch; null until then. */
  closedAt: number | null;
};

export type Held = { reached: Promise<void>; release(): void };

/**
 * A model outside the stack, which every kill leaves alone: it plays the plan that a prompt carries (see script.ts),
 * holds answers where it is told to, and remembers each request.
 */
export type PlayedModel = {
  baseUrl: string;
  /** Requests for this place wait before their first byte or in the middle of the text, until released. */
  hold(place: Place, at: "start" | "middle"): Held;
  requests(marker: string): ModelRequest[];
  /** Of threads that have been looked at. */
  forget(marker: string): void;
  close(): Promise<void>;
};

type Hold = { place: Place; at: "start" | "middle"; reached: Latch; open: Latch };

const middle = 4;

export async function createPlayedModel(): Promise<PlayedModel> {
  const log = new Map<string, ModelRequest[]>();
  const holds: Hold[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST") return void response.writeHead(404).end();
    const gone = new AbortController();
    const closed = once(response, "close").then(() => Date.now());
    void closed.then(() => gone.abort());
    const chat = chatRequestSchema.parse(JSON.parse(await bodyOf(request)));
    const conversation = readConversation(chat);
    const { prompt, steps } = currentTurn(conversation);
    const head = readHead(prompt);
    const place = { marker: head.marker, turn: conversation.turns.length, step: steps.length };
    const kind = requestKind(conversation.system);
    const entry: ModelRequest = { ...place, kind, at: Date.now(), delivered: false, closedAt: null };
    void closed.then((at) => {
      entry.closedAt = at;
    });
    log.set(place.marker, [...(log.get(place.marker) ?? []), entry]);
    response.once("finish", () => {
      entry.delivered = true;
    });
    const play = kind === "turn" ? planAnswer(prompt, place.step) : { text: writeSideAnswer(kind, prompt), calls: [] };
    const wait = async (at: "start" | "middle") => {
      for (const hold of holds) if (kind === "turn" && hold.at === at && same(hold.place, place)) await passing(hold);
    };
    await deliver(response, {
      request: chat,
      answer: play,
      callId: conversation.nextCallId,
      chunkDelayMs: head.pieceMs,
      signal: gone.signal,
      hold: async (piece) => {
        if (piece === undefined) await sleep(head.firstMs, undefined, { signal: gone.signal });
        if (piece === undefined) await wait("start");
        if (piece === middle) await wait("middle");
      },
    });
  }

  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    hold(place, at) {
      const hold: Hold = { place, at, reached: createLatch(), open: createLatch() };
      holds.push(hold);
      return {
        reached: hold.reached.opened,
        release() {
          holds.splice(holds.indexOf(hold), 1);
          hold.open.open();
        },
      };
    },
    requests: (marker) => log.get(marker) ?? [],
    forget: (marker) => void log.delete(marker),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function passing(hold: Hold): Promise<void> {
  hold.reached.open();
  await hold.open.opened;
}

const same = (a: Place, b: Place) => a.marker === b.marker && a.turn === b.turn && a.step === b.step;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
