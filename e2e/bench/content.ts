import { api, type Stack } from "../stack.ts";
import { script } from "../thread-page.ts";

type Thread = { id: string; status: string };

/** What the pages show that are measured. */
export type Content = {
  /** A thread of twelve turns, and what it says last. */
  thread: string;
  lastAnswer: string;
  otherTitle: string;
  otherAnswer: string;
  /** A thread that changes 200 files, one of which has 20,000 lines. */
  large: string;
  largeFile: string;
};

const turns = 12;
const threads = 40;
const model = "bench/scenario-tools";

/** Fills a new workspace by the API, on the sample project. */
export async function fillWorkspace(stack: Stack): Promise<Content> {
  const project = await sampleProject(stack);
  await addModel(stack);
  const start = (prompt: string) =>
    api<Thread>(stack, "POST", `/projects/${project}/threads`, { prompt, model }).then(({ id }) => settled(stack, id));
  for (let count = 0; count < threads - 3; count += 4) {
    await Promise.all([0, 1, 2, 3].map((more) => start(script(`Thread ${count + more}`, [], "Nothing to do."))));
  }
  const thread = await start(script("A long conversation", ["ls -la", "cat README.md"], "Answer 1."));
  for (let turn = 2; turn <= turns; turn += 1) {
    await api(stack, "POST", `/threads/${thread}/turns`, {
      prompt: script(`Question ${turn}`, ["ls -la", `echo ${turn} >> notes.md`], `Answer ${turn}.`),
    });
    await settled(stack, thread);
  }
  const large = await start(
    script("Many changes", [
      "seq -f 'line %.0f of a generated table' 20000 > a-table.txt",
      "mkdir src-many && for n in $(seq 199); do seq $n $((n + 40)) > src-many/file-$n.txt; done",
    ]),
  );
  await start(script("Another thread", ["date -u +%Y"], "This is the other one."));
  return {
    thread,
    lastAnswer: `Answer ${turns}.`,
    otherTitle: "Another thread",
    otherAnswer: "This is the other one.",
    large,
    largeFile: "a-table.txt",
  };
}

async function sampleProject(stack: Stack): Promise<string> {
  for (;;) {
    const [project] = await api<Thread[]>(stack, "GET", "/projects");
    if (project?.status === "ready") return project.id;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function addModel(stack: Stack): Promise<void> {
  const providers = await api<{ baseUrl: string; isDemo: boolean }[]>(stack, "GET", "/providers");
  const baseUrl = providers.find(({ isDemo }) => isDemo)?.baseUrl;
  await api(stack, "POST", "/providers", {
    name: "bench",
    kind: "openai-chat",
    baseUrl,
    models: [{ id: "scenario-tools" }],
  });
}

/** @throws for a thread that fails */
async function settled(stack: Stack, id: string): Promise<string> {
  for (;;) {
    const { status } = await api<Thread>(stack, "GET", `/threads/${id}`);
    if (status === "idle") return id;
    if (status !== "running") throw new Error(`Thread ${id} is ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
