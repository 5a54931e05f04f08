import { type Context, context, isSpanContextValid, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";

const tracerName = "heddle";
let tracing = false;

/** Whether spans go anywhere: for what would cost something to find out for them. */
export function isTracing(): boolean {
  return tracing;
}

/**
 * Sends the process's spans to an OpenTelemetry collector over OTLP/HTTP. Without a call of this, spans cost nothing and
 * go nowhere.
 * @param options.endpoint the collector's base address, as in `OTEL_EXPORTER_OTLP_ENDPOINT`
 * @returns call it before the process ends: what has not been sent is sent
 */
export async function startTracing(options: {
  service: string;
  version: string;
  endpoint: string;
}): Promise<() => Promise<void>> {
  const [{ OTLPTraceExporter }, { resourceFromAttributes }, { BatchSpanProcessor, NodeTracerProvider }] =
    await Promise.all([
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/resources"),
      import("@opentelemetry/sdk-trace-node"),
    ]);
  const exporter = new OTLPTraceExporter({ url: `${options.endpoint.replace(/\/+$/, "")}/v1/traces` });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": options.service, "service.version": options.version }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  tracing = true;
  return () => provider.shutdown().catch(() => undefined);
}

export type SpanOptions = {
  /** W3C `traceparent` of what caused it; the span that is open now when absent. */
  parent?: string | null;
  /** Ids, names and counts: never text of people, models or files. */
  attributes?: Record<string, string | number | boolean | undefined>;
};

export type OpenSpan = {
  /** For work that tells of its failure without throwing. */
  fail(code: string): void;
};

/** Runs `work` as a span. A failure is marked with its code; its message stays out. */
export function inSpan<T>(
  name: string,
  { parent, attributes }: SpanOptions,
  work: (span: OpenSpan) => Promise<T>,
): Promise<T> {
  const from = parent === undefined ? context.active() : remoteContext(parent);
  return trace.getTracer(tracerName).startActiveSpan(name, { attributes }, from, async (span) => {
    let failed = false;
    const fail = (code: string) => {
      failed = true;
      span.setStatus({ code: SpanStatusCode.ERROR, message: code });
    };
    try {
      return await work({ fail });
    } catch (error) {
      if (!failed) fail(codeOf(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** A span that is over, known only afterwards. */
export function recordSpan(name: string, { parent, attributes }: SpanOptions, from: Date, to: Date): void {
  const above = parent === undefined ? context.active() : remoteContext(parent);
  trace.getTracer(tracerName).startSpan(name, { attributes, startTime: from }, above).end(to);
}

/** The open span as a W3C `traceparent`, to be kept with what it causes; `null` when nothing is traced. */
export function currentTraceparent(): string | null {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return null;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, "0")}`;
}

export function currentTraceId(): string | null {
  const span = trace.getActiveSpan()?.spanContext();
  return span !== undefined && isSpanContextValid(span) ? span.traceId : null;
}

/** @see https://www.w3.org/TR/trace-context/#traceparent-header */
function remoteContext(traceparent: string | null): Context {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
  });
}

function codeOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "string")
    return error.code;
  return error instanceof Error ? error.name : "unknown";
}
