/** Shared by everything that drops down, without the code of any of it. */
export const menuClasses =
  "z-50 min-w-44 max-w-80 animate-appear overflow-y-auto rounded-lg border border-line bg-raised p-1 text-sm shadow-pop outline-none";
export const menuItemClasses =
  "flex min-h-7 cursor-default select-none items-center gap-2 rounded-md px-2 py-1 outline-none data-disabled:text-subtle data-highlighted:bg-hover pointer-coarse:min-h-10 [&_svg]:size-3.5 [&_svg]:shrink-0";
