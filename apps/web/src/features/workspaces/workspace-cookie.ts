/** Which workspace this browser has entered last: a wish, weighed against the memberships with each page. */
export const workspaceCookie = "heddle-workspace";
