"""A stand-in for the API on loopback: answers what a test queued, and remembers what it was asked.

The real SDK speaks to it over HTTP, so what a test sees is what would be on the wire.
"""

import json
import socket
import struct
import threading
from dataclasses import dataclass, field

from werkzeug import Request, Response

GOOD_KEY = "sk-ant-test-" + "k" * 40 + "-LAST"
USAGE = {"input_tokens": 1_200, "output_tokens": 300}


@dataclass
class Received:
    """One request to the messages endpoint."""

    json: dict
    headers: dict = field(repr=False)

    @property
    def model(self):
        return self.json["model"]

    @property
    def key(self):
        return self.headers["authorization"].removeprefix("Bearer ")

    @property
    def text(self):
        """All that was sent, as one text."""
        return json.dumps(self.json, ensure_ascii=False)


class StandIn:
    """Queued answers are given in turn; the last one again and again. Without any: “OK”."""

    def __init__(self, server):
        self.url = server.url_for("").rstrip("/")
        self.requests = []
        self.list_requests = []
        self._queue = []
        self.says("OK")
        self._last = self._queue.pop()
        self._models = None
        self._gone = set()
        self._released = threading.Event()
        server.expect_request("/v1/messages", method="POST").respond_with_handler(self._on_message)
        server.expect_request("/v1/models", method="GET").respond_with_handler(self._on_list)

    # --- What a test says ---------------------------------------------------------------------

    def says(self, text, *, stop_reason="end_turn", usage=None, thinking=""):
        """An answer in prose. With `thinking`, that block comes first, as from the 5.5 models."""
        blocks = [{"type": "thinking", "thinking": thinking, "signature": "s"}] if thinking else []
        return self.answers_with([*blocks, {"type": "text", "text": text}], stop_reason=stop_reason, usage=usage)

    def answers_json(self, data, *, stop_reason="end_turn", usage=None):
        return self.says(json.dumps(data, ensure_ascii=False), stop_reason=stop_reason, usage=usage)

    def answers_with(self, content, *, stop_reason="end_turn", usage=None):
        """Content blocks as they are; none for an empty answer."""

        def answer(request):
            body = {
                "id": "msg_01",
                "type": "message",
                "role": "assistant",
                "model": request.get_json()["model"],
                "content": content,
                "stop_reason": stop_reason,
                "stop_sequence": None,
                "usage": usage or USAGE,
            }
            return _json(body, headers={"request-id": "req_01"})

        return self._then(answer)

    def streams(self, text="", *, tools=(), stop_reason=None, usage=None, pieces=4, ends="whole"):
        """An answer as a stream; `tools` are pairs of a name and its arguments.

        `ends` may be «held» (until `release`, after the text), «cut» (the socket breaks), «error»
        (an error event) or «silent» (the stream is over without saying so).
        """
        blocks = [{"type": "text", "text": text}] if text else []
        blocks += [
            {"type": "tool_use", "id": f"toolu_{len(self._queue)}_{number}", "name": name, "input": given}
            for number, (name, given) in enumerate(tools)
        ]
        reason = stop_reason or ("tool_use" if tools else "end_turn")

        def answer(request):
            model = request.get_json()["model"]
            events = self._events(blocks, model, reason, usage or USAGE, pieces, ends, request)
            headers = {"request-id": "req_01"}
            return Response(events, headers=headers, content_type="text/event-stream", direct_passthrough=True)

        return self._then(answer)

    def _events(self, blocks, model, reason, usage, pieces, ends, request):
        message = {
            "id": "msg_01", "type": "message", "role": "assistant", "model": model, "content": [],
            "stop_reason": None, "stop_sequence": None, "usage": usage | {"output_tokens": 1},
        }  # fmt: skip
        yield event("message_start", message=message)
        for index, block in enumerate(blocks):
            yield event("content_block_start", index=index, content_block=_begun(block))
            for delta in _deltas(block, pieces):
                yield event("content_block_delta", index=index, delta=delta)
            if ends == "held":
                self._released.wait(timeout=60)
            if ends == "cut":
                _break(request)
                return
            if ends == "error":
                yield event("error", error={"type": "overloaded_error", "message": "no"})
                return
            yield event("content_block_stop", index=index)
        if ends == "silent":
            return
        yield event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage=usage)
        yield event("message_stop")

    def refuses(self):
        return self.answers_with([{"type": "text", "text": "I would rather"}], stop_reason="refusal")

    def fails(self, status, kind="api_error", *, headers=None, message="no", details=None):
        error = {"type": kind, "message": message} | ({"details": details} if details else {})
        body = {"type": "error", "error": error, "request_id": "req_bad"}
        return self._then(
            lambda request: _json(body, status=status, headers={"request-id": "req_bad"} | (headers or {}))
        )

    def malformed(self, body='{"id": "msg_01", "content": [', content_type="application/json"):
        return self._then(lambda request: Response(body, content_type=content_type))

    def resets(self):
        """The connection breaks instead of an answer."""

        def answer(request):
            _break(request)
            return Response()

        return self._then(answer)

    def hangs(self):
        """No answer until the test is over, or `release`."""

        def answer(request):
            self._released.wait(timeout=60)
            return _json({}, status=503)

        return self._then(answer)

    def holds(self, text="OK"):
        """Answers only once `release` is called: what happens meanwhile is the test's."""
        self.says(text)
        answer = self._queue[-1]

        def held(request):
            self._released.wait(timeout=60)
            return answer(request)

        self._queue[-1] = held
        return self

    def holds_as_before(self):
        """The answer of last time, once `release` is called."""
        answer = self._last

        def held(request):
            self._released.wait(timeout=60)
            return answer(request)

        return self._then(held)

    def release(self):
        self._released.set()

    def holds_again(self):
        """What is held from now on waits for another `release`."""
        self._released.clear()

    def knows_no(self, *models):
        """A 404 for each of these, before anything queued."""
        self._gone.update(models)
        return self

    def lists_models(self, *models):
        """What the models endpoint lists: ids, or dicts with more than an id. Until then it is a 404."""
        self._models = [_model(model) for model in models]
        return self

    # --- What the API does --------------------------------------------------------------------

    def _then(self, answer):
        self._queue.append(answer)
        return self

    def _on_message(self, request: Request):
        self.requests.append(Received(request.get_json(), {k.lower(): v for k, v in request.headers.items()}))
        if (model := request.get_json()["model"]) in self._gone:
            return _json(_not_found(f"model: {model}"), status=404)
        if self._queue:
            self._last = self._queue.pop(0)
        return self._last(request)

    def _on_list(self, request: Request):
        self.list_requests.append(request.args.to_dict(flat=False))
        if self._models is None:
            return _json(_not_found("no list"), status=404)
        return _json({"data": self._models, "has_more": False, "first_id": None, "last_id": None})


def event(kind, **fields):
    return f"event: {kind}\ndata: {json.dumps({'type': kind} | fields, ensure_ascii=False)}\n\n".encode()


def _begun(block):
    return block | ({"text": ""} if block["type"] == "text" else {"input": {}})


def _deltas(block, pieces):
    kind, key, whole = "text_delta", "text", block.get("text", "")
    if block["type"] == "tool_use":
        kind, key, whole = "input_json_delta", "partial_json", json.dumps(block["input"], ensure_ascii=False)
    size = max(1, -(-len(whole) // pieces))
    for start in range(0, len(whole), size):
        yield {"type": kind, key: whole[start : start + size]}


def _break(request):
    connection = request.environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)


def _model(model):
    given = {"id": model} if isinstance(model, str) else model
    line = next((line for line in ("sonnet", "haiku", "opus") if line in given["id"]), None)
    return {
        "type": "model",
        "display_name": given["id"].replace("-", " ").title(),
        "created_at": "2026-09-28T00:00:00Z",
        "lifecycle": "active",
        "line": line,
        "retires_at": None,
        "deprecated_at": None,
    } | given


def _not_found(message):
    return {"type": "error", "error": {"type": "not_found_error", "message": message}}


def _json(body, *, status=200, headers=None):
    return Response(json.dumps(body), status=status, headers=headers, content_type="application/json")
