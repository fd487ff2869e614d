import { z } from "zod";
import { choice, text, wholeNumber } from "../fields";

const medium = z.strictObject({
  path: text(
    /^(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+\/$/,
    "a path between slashes, as /media/, none of its parts with a dot at its beginning",
    "Below it is what lies in the folder.",
  ),
  folder: text(
    /^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}$/,
    "one of the folders in app.data",
    "The folder whose files it serves.",
  ),
  access: choice(
    ["public", "protected"],
    "public: whoever knows the path gets the file; protected: only a request that the application answers with X-Accel-Redirect and such a path.",
  ).default("public"),
  cacheSeconds: wholeNumber(
    "seconds",
    0,
    31536000,
    "How long browsers and caches may keep a public file without a further request; 0: each use is a short question whether it changed.",
  ).default(0),
});

const mediaAllowed = "a list of groups with path, folder, and access and cacheSeconds where they differ";

/** Where folders of app.data appear in the site. */
export const mediaSettings = z.array(medium, { error: mediaAllowed }).meta({
  about:
    "Folders of app.data that Nginx serves itself. Whatever is uploaded, no file becomes a page of the site: browsers show images, sound, video and plain text, without a right to run anything, and save all else. Dot files, folders and links are refused.",
  allowed: mediaAllowed,
});

export const mediaRate = z
  .strictObject({
    requestsPerSecond: wholeNumber(
      "requests",
      1,
      100000,
      "Steady rate of one client on public media; beyond rate and burst it gets 429.",
    ).default(200),
    burst: wholeNumber("requests", 0, 100000, "Requests that a client may be ahead of the rate.").default(400),
  })
  .meta({ about: "Requests for nginx.media" });
