"""A model server of the OpenAI dialect that behaves, or misbehaves, as asked."""
import http.server
import json
import socket
import struct
import threading
import time

WORDS = ["The ", "lab ", "answers."]


def chunk(content=None, finish=None, usage=None):
    delta = {} if content is None else {"content": content}
    body = {"id": "chatcmpl-lab", "object": "chat.completion.chunk", "created": 1, "model": "lab-model",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], "x_unknown": {"kept": True}}
    if usage:
        body |= {"choices": [], "usage": usage}
    return f"data: {json.dumps(body)}\n\n".encode()


USAGE = {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15,
         "prompt_tokens_details": {"cached_tokens": 4}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        self.answer(200, {"object": "list", "data": [{"id": "lab-model", "object": "model"}]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        behaviour = self.server.behaviour
        if behaviour == "stall":
            time.sleep(300)
        elif behaviour == "reset":
            self.reset()
        elif behaviour == "error_500":
            self.answer(500, {"error": {"message": "the lab burns", "type": "server_error"}})
        elif behaviour == "throttle":
            self.answer(429, {"error": {"message": "slow down", "type": "rate_limit_error"}}, {"Retry-After": "1"})
        elif body.get("stream"):
            self.stream(behaviour)
        else:
            self.answer(200, {"id": "chatcmpl-lab", "object": "chat.completion", "created": 1, "model": "lab-model",
                              "choices": [{"index": 0, "finish_reason": "stop",
                                           "message": {"role": "assistant", "content": "".join(WORDS)}}],
                              "usage": USAGE, "x_unknown": {"kept": True}})

    def answer(self, status, body, headers=None):
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(data), **(headers or {})}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, behaviour):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        pieces = [chunk(word) for word in WORDS] + [chunk(finish="stop"), chunk(usage=USAGE), b"data: [DONE]\n\n"]
        for number, piece in enumerate(pieces):
            if behaviour == "broken_sse" and number == 1:
                piece = b"data: {\"choices\": [{\"delta\n\n"
            if behaviour == "reset_midway" and number == 2:
                return self.reset()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
            time.sleep(0.01)
        self.wfile.write(b"0\r\n\r\n")

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that goes away is a part of the stories


class Provider:
    """`down` gives the address of a port where nobody listens."""

    def __init__(self, behaviour):
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.behaviour, self.server.requests = behaviour, []
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        if behaviour == "down":
            self.server.server_close()
            self.server = None
        else:
            threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
