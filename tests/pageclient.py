"""A browser for tests that also checks every page it is given."""

from __future__ import annotations

import re
from typing import Any

import html5lib
from flask import Flask, url_for
from flask.testing import FlaskClient
from html5lib.html5parser import ParseError
from werkzeug.test import TestResponse

from hoffice import clock

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class WholeAnswers(FlaskClient):
    """Reads every answer to its end, as a browser does.

    An answer left half read keeps its request open, and the next one falls over it.
    """

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> TestResponse:
        """Send a request and read the whole answer."""
        return super().open(*args, buffered=buffered, **kwargs)


class PageClient:
    """Fetches pages like a person: keeps cookies, sends the form's token, looks at each page.

    Every HTML page must parse without an error, have a title, one main heading and its
    content security policy, and carry no inline script or style.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self._tokens: dict[str, str] = {}
        self._seen: tuple[str, Any] = "", None

    def be_account(self, account_id: int, epoch: int) -> None:
        """Sign in as this account without the form."""
        with self.client.session_transaction() as session:
            session["account"], session["epoch"] = account_id, epoch
            session["since"] = int(clock.now().timestamp())

    def be_holder(self, link_id: int) -> None:
        """Hold this personal link without the mail."""
        with self.client.session_transaction() as session:
            session["link"] = link_id

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """Fetch a page and check it."""
        return self._checked(path, self.client.get(path, **kwargs))

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Send a form with a genuine token; redirects are not followed unless asked."""
        fields = {"csrf_token": self.token(), **(data or {})}
        return self._checked(path, self.client.post(path, data=fields, **kwargs))

    def fill(self, path: str, changes: dict[str, Any]) -> TestResponse:
        """Open a page, change some fields of its form, and send it as the browser would."""
        page = self.get(path).text
        read, tree = self._seen
        if read != page:  # it was not read to be checked
            tree = html5lib.HTMLParser(namespaceHTMLElements=False).parse(page)
        form = next(
            form
            for form in tree.iter("form")
            if form.get("method", "").lower() == "post"
            and {field.get("name") for field in form.iter()} >= set(changes)
        )
        fields: dict[str, Any] = {}
        for field in form.iter("input"):
            unticked = field.get("type") in {"checkbox", "radio"} and field.get("checked") is None
            if field.get("name") and not unticked:
                fields[field.get("name")] = field.get("value", "")
        for area in form.iter("textarea"):
            fields[area.get("name")] = (area.text or "").strip()
        for choice in form.iter("select"):
            chosen = [one for one in choice.iter("option") if one.get("selected") is not None]
            fields[choice.get("name")] = (chosen or list(choice.iter("option")))[0].get("value")
        target = form.get("action") or path
        return self.post(target, {**fields, **changes})

    def token(self) -> str:
        """A token of this browser's session, as every page of the house carries one.

        It is kept for as long as the session stands for the same one.
        """
        with self.client.session_transaction() as session:
            stands = session.get("csrf_token", "")
        if stands in self._tokens:
            return self._tokens[stands]
        with self.app.test_request_context():
            path = url_for("accounts.sign_in")
        found = TOKEN.search(self.client.get(path).text)
        if found is None:
            found = TOKEN.search(self.client.get("/").text)
        assert found is not None, "no page gave a token"
        with self.client.session_transaction() as session:
            self._tokens[session["csrf_token"]] = found[1]
        return found[1]

    def _checked(self, path: str, response: TestResponse) -> TestResponse:
        if response.mimetype != "text/html" or response.status_code in range(300, 400):
            return response
        text = response.text
        try:
            tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
        except ParseError as error:
            line = text.splitlines()
            raise AssertionError(f"{path} is no valid HTML: {error}\n{len(line)} lines") from error
        self._seen = text, tree
        title = tree.find(".//title")
        assert title is not None, f"{path} has no title"
        assert (title.text or "").strip(), f"{path} has an empty title"
        assert len(tree.findall(".//h1")) == 1, f"{path} has not exactly one h1"
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        assert not tree.findall(".//*[@style]"), f"{path} has a style attribute"
        assert not list(tree.iter("style")), f"{path} has an inline style"
        for script in tree.iter("script"):
            data = script.get("type", "") in {"application/json", "application/ld+json"}
            assert data or not (script.text or "").strip(), f"{path} has an inline script"
        return response
