import { useEffect, useEffectEvent } from "react";

const everyMs = 2_000;

/** Calls back when a database that did not answer does so again; for pages that no live connection tells of it. */
export function useReturn(onReturn: () => void): void {
  const atReturn = useEffectEvent(onReturn);
  useEffect(() => {
    let wasAway = false;
    let timer: number;
    let over = false;
    const look = async () => {
      const away = !(await databaseAnswers());
      if (over) return;
      if (wasAway && !away) atReturn();
      wasAway = away;
      timer = window.setTimeout(look, everyMs);
    };
    void look();
    return () => {
      over = true;
      window.clearTimeout(timer);
    };
  }, []);
}

async function databaseAnswers(): Promise<boolean> {
  try {
    const { checks } = await (await fetch("/api/health")).json();
    return checks.postgres === "ok";
  } catch {
    return false;
  }
}
