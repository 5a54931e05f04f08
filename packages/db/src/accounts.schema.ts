import { z } from "zod";

const shortestPassword = 10;

/** A password that somebody chooses; what is asked for at a sign-in is not held to this. */
export const newPassword = z
  .string()
  .min(shortestPassword, `Choose a password of at least ${shortestPassword} characters.`)
  .max(1_000, "That password is too long.");

export const personName = z.string().trim().min(1, "Write your name.").max(100, "That name is too long.");

/** An e-mail address in the one spelling in which accounts keep it. */
export const emailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(320, "That address is too long.")
  .pipe(z.email("Write an e-mail address."));

/** The secret part of a link, whatever it looks like: one that is not known is refused like one that is used up. */
export const linkToken = z.object({ token: z.string().max(1_000) });
