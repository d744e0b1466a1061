"""A small server on this machine that serves files well and badly; see conftest.py."""

import http.server
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

CONTENT = bytes(range(256)) * 800  # 204,800 bytes


def allow_this_machine(setattr=setattr):
    """Let downloads come from this machine without HTTPS; the one place where tests loosen it."""
    from medlearn.datasets import download

    only_https = download._is_https

    def allowed(url):
        parts = urlsplit(url)
        return only_https(url) or (parts.scheme, parts.hostname) == ("http", "127.0.0.1")

    setattr(download, "_is_https", allowed)


def nowhere():
    """An address on this machine at which nobody listens."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{s.getsockname()[1]}/file"


def names(folder):
    """What lies in a folder, but for the locks, which are empty and may stay."""
    folder = Path(folder)
    found = folder.iterdir() if folder.exists() else ()
    return sorted(p.name for p in found if not p.name.endswith(".lock"))


class Server:
    """Answers by path, with the method of that name (/good, /cut, ...); otherwise 404."""

    def __init__(self, content=CONTENT):
        self.content = content
        self.asked, self.stop, self.go = [], threading.Event(), threading.Event()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                server.asked.append(self.path)
                answer = getattr(server, self.path.strip("/").split("/")[0], None)
                if answer is None:
                    self.send_error(404)
                else:
                    answer(self)

            def do_CONNECT(self):
                server.do_CONNECT(self)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.stop.set()
        self.go.set()
        self.http.shutdown()
        self.http.server_close()

    @staticmethod
    def send(handler, content, length=None):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)
        handler.wfile.flush()

    def good(self, handler):
        self.send(handler, self.content)

    def cut(self, handler):
        self.send(handler, self.content[: len(self.content) // 2], length=len(self.content))

    def wrong(self, handler):
        self.send(handler, self.content[:-1] + bytes([self.content[-1] ^ 33]))

    def long(self, handler):
        self.send(handler, self.content * 10)

    def silent(self, handler):
        self.stop.wait(20)

    def half(self, handler):
        self.cut(handler)
        self.stop.wait(20)

    def reset(self, handler):
        """The machine at the other end dies: the connection is reset in the middle."""
        self.cut(handler)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0" + bytes(4))
        handler.connection.close()

    def drip(self, handler):
        self.send(handler, b"", length=len(self.content))
        for _ in range(200):
            handler.wfile.write(bytes(1000))
            handler.wfile.flush()
            if self.stop.wait(0.02):
                return

    def wait(self, handler):
        self.go.wait(20)
        self.good(handler)

    def do_CONNECT(self, handler):
        """It is asked as a proxy, and wants a login."""
        handler.send_error(407)

    def answer(self, handler):
        handler.send_error(int(handler.path.rsplit("/", 1)[1]))

    def portal(self, handler):
        """A network that shows its login page in place of everything."""
        self.send(handler, b"\n<!DOCTYPE html><title>Welcome</title>")

    def around(self, handler):
        handler.send_response(302)
        handler.send_header("Location", f"{self.url}/around")
        handler.end_headers()

    def away(self, handler):
        handler.send_response(302)
        handler.send_header("Location", "http://elsewhere.invalid/file")
        handler.end_headers()
