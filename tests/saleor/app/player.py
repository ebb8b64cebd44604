"""A page that plays the dashboard: it frames the app from another site, and speaks with it as the dashboard does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Request, Response

from tests.saleor.fake.server import QuietHandler

PAGE = """<!doctype html><meta charset="utf-8"><title>A dashboard</title>
<style>body { margin: 0 } iframe { width: 100%; height: 92vh; border: 0 }</style>
<script>
const seen = [];
const query = new URLSearchParams(location.search);
const mode = query.get("mode") ?? "answer";
const frame = () => document.querySelector("#app").contentWindow;
const appOrigin = new URL(query.get("app")).origin;
const tell = (type, payload) => frame().postMessage({ type, payload }, appOrigin);
const token = async () => (await fetch("/token" + location.search)).text();
const versions = { version: 1, saleorVersion: "3.23.28", dashboardVersion: "3.23.0" };
const shake = async () => tell("handshake", { token: await token(), ...versions });
const refresh = async () => tell("tokenRefresh", { token: await token() });
let shaken = 0;
window.addEventListener("message", (event) => {
  if (event.origin !== appOrigin || !event.data?.type || !event.data?.payload?.actionId) return;
  seen.push(event.data);
  tell("response", { actionId: event.data.payload.actionId, ok: true });
  if (event.data.type !== "notifyReady" || mode === "silent" || (mode === "once" && shaken)) return;
  shaken += 1;
  shake();
});
</script>
<iframe id="app" sandbox="allow-same-origin allow-forms allow-scripts allow-downloads allow-popups" src="APP"></iframe>
OTHERS"""

STRANGER = """<!doctype html><meta charset="utf-8"><script>
const query = new URLSearchParams(location.search);
setInterval(() => {
  const said = { type: "handshake", payload: { token: query.get("token"), version: 1 } };
  parent.frames[0].postMessage(said, "*");
}, 50);
</script>"""


@dataclass
class Player:
    """Serves the page. `token`: makes what the dashboard hands over, from the page's own query."""

    token: Callable[[dict[str, str]], str]
    host: str = "localhost"
    server: BaseWSGIServer = field(init=False)

    def __post_init__(self) -> None:
        self.server = make_server("127.0.0.1", 0, self.wsgi, threaded=True, request_handler=QuietHandler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def origin(self) -> str:
        # Another site than 127.0.0.1, where the shop is: its cookies would be a third party's.
        return f"http://{self.host}:{self.server.server_port}"

    def wsgi(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        if request.path == "/token":
            answer = Response(self.token(request.args.to_dict()), mimetype="text/plain")
        elif request.path == "/stranger":
            answer = Response(STRANGER, mimetype="text/html")
        elif "app" not in request.args:
            answer = Response("", 404)
        else:
            others = request.args.get("stranger", "")
            framed = f"<iframe src={json.dumps(others)}></iframe>" if others else ""
            page = PAGE.replace("APP", request.args["app"].replace("&", "&amp;")).replace("OTHERS", framed)
            answer = Response(page, mimetype="text/html")
        return answer(environ, start_response)
