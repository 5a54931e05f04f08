// Keeps one page for when Heddle cannot be reached. Everything else goes to the server: what it says is never kept here.
const cache = "heddle-offline-1";
const page = "/offline.html";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(cache).then((kept) => kept.add(new Request(page, { cache: "reload" }))));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const old = caches
    .keys()
    .then((names) => names.filter((name) => name.startsWith("heddle-offline-") && name !== cache));
  event.waitUntil(old.then((names) => Promise.all(names.map((name) => caches.delete(name)))));
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") return;
  event.respondWith(fetch(event.request).catch(async () => (await caches.match(page)) ?? Response.error()));
});
