import { type RefObject, useEffect, useState } from "react";

/** Becomes true, and stays so, once the element is within `margin` px of what is visible. */
export function useNearViewport(element: RefObject<Element | null>, margin = 1200): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (near || !element.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setNear(true),
      { rootMargin: `${margin}px` },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, margin, near]);
  return near;
}
