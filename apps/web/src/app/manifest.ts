import type { MetadataRoute } from "next";

/** What makes Heddle an app that can be installed. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    name: "Heddle",
    short_name: "Heddle",
    description: "The workspace for a team's AI coding threads",
    id: "/",
    start_url: "/",
    display: "standalone",
    background_color: "#f7f5f2",
    theme_color: "#4a44a8",
    icons: [
      { src: "/icons/192.png", sizes: "192x192", type: "image/png" },
      { src: "/icons/512.png", sizes: "512x512", type: "image/png" },
      { src: "/icons/maskable.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
    ],
    shortcuts: [
      { name: "New thread", url: "/" },
      { name: "Search", url: "/search" },
    ],
  };
}
