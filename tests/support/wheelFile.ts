import { execFileSync } from "node:child_process";
import path from "node:path";

const metadata = "Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n";

/** The wheel hostile 1.0 of these files, by Python, whose METADATA has the size that is asked for. */
export function writeWheel(folder: string, files: Record<string, string>, metadataBytes = metadata.length): string {
  const info = "hostile-1.0.dist-info";
  const script =
    "import json,sys,zipfile\nwhere,files,name,size,text=json.load(sys.stdin)\n" +
    "with zipfile.ZipFile(where,'w',zipfile.ZIP_DEFLATED) as z:\n" +
    "  [z.writestr(*each) for each in files.items()]\n  z.writestr(name,text+' '*(size-len(text)))";
  const wheel = path.join(folder, "hostile-1.0-py3-none-any.whl");
  const described = {
    ...files,
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${info}/RECORD`]: "",
  };
  const input = JSON.stringify([wheel, described, `${info}/METADATA`, metadataBytes, metadata]);
  execFileSync("python3", ["-c", script], { input });
  return wheel;
}
