import { z } from "zod";
import { urlPath } from "./fields";

const allowed =
  "a map of absolute paths to other absolute paths or https addresses, such as /old: /new or /shop: https://shop.example.org/?from=old";
const target =
  /^(?:https:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:\/[A-Za-z0-9._~%\-/]*)?|\/[A-Za-z0-9._~%\-/]*)(?:\?[A-Za-z0-9._~%=&+\-/]*)?$/;

export const redirects = z
  .record(
    z.string().regex(urlPath, { error: allowed }),
    z.string({ error: allowed }).regex(target, { error: allowed }),
    {
      error: allowed,
    },
  )
  .meta({
    about:
      "Paths that Nginx answers with a redirect (308), each as it stands, without what is below it; the query goes along where the target has none. They come before the application.",
    allowed,
  });
