import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { examineProject } from "../../lib/newStack/project";
import { freeRange, stackFileText } from "../../lib/newStack/stackFileText";
import { parseSettings } from "../../lib/settings";
import { temporaryFolders } from "../support/temporaryFolder";

const newFolder = temporaryFolders();
const locked = "gunicorn==26.1.0 --hash=sha256:00\n";

function projectWith(files: Record<string, string>): string {
  const folder = newFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** The settings that the stack file comes to, and what is left to do. */
async function stackOf(files: Record<string, string>) {
  const folder = projectWith(files);
  const project = await examineProject(folder);
  const text = stackFileText({ stack: "shop", folder, target: "local", domains: [] }, project);
  const { config } = parse(text) as { config: Record<string, unknown> };
  const settings = parseSettings(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("portico:", ""), value])),
  );
  return { settings, project, text };
}

describe("the stack file of a project that was found", () => {
  it("is that of a Django project", async () => {
    const { settings, project } = await stackOf({
      "manage.py": "import os\n",
      "mysite/__init__.py": "",
      "mysite/settings.py":
        'import os\nSECRET_KEY = os.environ["SECRET_KEY"]\nSTATIC_URL = "assets/"\nSTATIC_ROOT = BASE_DIR / "staticfiles"\n',
      "mysite/wsgi.py":
        'import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")\napplication = get_wsgi_application()\n',
      "mysite/celery.py": 'from celery import Celery\napp = Celery("mysite")\n',
      "mysite/data.py": 'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3"}}\nMEDIA_ROOT = "uploads"\n',
      "mysite/urls.py": 'urlpatterns = [path("healthz/", live), path("readyz", ready)]\n',
      "staticfiles/app.css": "",
      "requirements.txt": locked,
      ".venv/lib/flask/app.py": "app = Flask(__name__)\n",
    });
    expect(settings.app).toMatchObject({
      module: "mysite.wsgi:application",
      requirements: "requirements.txt",
      staticFolder: "staticfiles",
      staticUrl: "/assets/",
      livePath: "/healthz/",
      readyPath: "/readyz",
      migration: { command: ["python", "manage.py", "migrate", "--noinput"] },
    });
    expect(settings.gunicorn.workerClass).toBe("gthread");
    expect(project.open).toEqual([
      "ALLOWED_HOSTS and CSRF_TRUSTED_ORIGINS of the application: the names of the site",
      expect.stringMatching(/^the database: SQLite has to lie in a folder of app.data/),
      expect.stringMatching(/^uploads: a folder of app.data/),
      expect.stringContaining("worker: { command: [celery, -A, mysite.celery, worker] }"),
      "app.environment: it reads SECRET_KEY; plain ones go there, secrets into app.secrets, which it reads from files",
    ]);
  });

  it("is that of a FastAPI application with web sockets", async () => {
    const { settings, project } = await stackOf({
      "api/main.py":
        'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/health")\ndef health(): ...\n@app.websocket("/ws/chat")\nasync def chat(): ...\n',
      "requirements.lock": locked,
    });
    expect(settings.app).toMatchObject({
      module: "api.main:app",
      staticFolder: null,
      livePath: "/health",
      readyPath: "/health",
      streamPaths: ["/ws/chat"],
      migration: null,
    });
    expect(settings.gunicorn.workerClass).toBe("asgi");
    expect(project.open).toEqual([expect.stringMatching(/^app.readyPath: /)]);
  });

  it.each([
    ["app = Flask(__name__)\n", "shop:app"],
    ["def create_app(config=None):\n    return Flask(__name__)\n", "shop:create_app()"],
    ["def create_app(config):\n    return Flask(__name__)\n\napp = create_app()\n", "shop:app"],
  ])("is that of a Flask application: %j", async (text, module) => {
    const { settings } = await stackOf({ "shop/__init__.py": `from flask import Flask\n${text}`, "static/a.css": "" });
    expect(settings.app).toMatchObject({ module, staticFolder: "static" });
  });

  it.each([
    ["uv.lock", '[[package]]\nname = "gunicorn"\n'],
    ["poetry.lock", '[[package]]\nname = "gunicorn"\n'],
    ["pylock.toml", '[[packages]]\nname = "gunicorn"\n'],
    ["Pipfile.lock", '{\n    "default": {\n        "gunicorn": {\n'],
  ])("takes %s as it is, and packages in src", async (name, text) => {
    const flask = "from flask import Flask\napp = Flask(__name__)\n";
    const files = { [name]: text, "pyproject.toml": "", "src/shop/__init__.py": "", "src/shop/web.py": flask };
    const { settings, project } = await stackOf(files);
    expect(settings.app).toMatchObject({ requirements: name, module: "shop.web:app", sourceFolder: "src" });
    expect(project.open.filter((line) => line.includes("gunicorn"))).toEqual([]);
    const without = await stackOf({ ...files, [name]: "", "src/__init__.py": "" });
    expect(without.settings.app).toMatchObject({ module: "src.shop.web:app", sourceFolder: null });
    expect(without.project.open).toContain(`${name}: add gunicorn, at least 26.1, to what is locked`);
  });

  it("says what was not found, and stays one that the schema takes", async () => {
    const { settings, project, text } = await stackOf({ README: "", "pyproject.toml": "" });
    expect(settings.app).toMatchObject({ module: "CHANGE.ME:app", livePath: "/", staticFolder: null });
    expect(text).toContain("# Left to do:\n# - app.module: what Gunicorn serves");
    const { open } = project;
    expect(open).toEqual([
      expect.stringMatching(/^app.module: what Gunicorn serves/),
      "app.requirements: a lock file with hashes: uv lock, or poetry lock",
      expect.stringMatching(/^app.livePath: .* none was recognised/),
      expect.stringMatching(/^app.readyPath: /),
    ]);
  });

  it("names the other applications of a project that has several, and a lock without Gunicorn", async () => {
    const { project } = await stackOf({
      "main.py": "from flask import Flask\napp = Flask(__name__)\n",
      "tools/admin.py": "import flask\nadmin = flask.Flask(__name__)\n",
      "tests/fake.py": "from flask import Flask\napp = Flask(__name__)\n",
      "requirements.txt": "flask==3.1.3 --hash=sha256:00\n",
    });
    expect(project.open.slice(0, 2)).toEqual([
      "app.module: it may be another one: tools.admin:admin",
      "requirements.txt: add gunicorn, at least 26.1, to what is locked",
    ]);
  });
});

test("a stack on hosts is told where they are to be named; a local one gets a network that no other stack file names", async () => {
  const project = await examineProject(projectWith({ "main.py": "from flask import Flask\napp = Flask(__name__)\n" }));
  const text = stackFileText({ stack: "shop", folder: "../shop", target: "hosts", domains: ["shop.example"] }, project);
  expect(text).toContain("portico:hosts:\n    machines:\n      # One or more of these");
  expect(text).toContain('"portico:site"'.replaceAll('"', ""));
  expect(freeRange([])).toBeUndefined();
  expect(freeRange(["10.31.64.0/24", "10.31.100.0/24"])).toBe("10.31.101.0/24");
});
