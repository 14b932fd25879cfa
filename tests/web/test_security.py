"""What a browser may do with our pages."""

from __future__ import annotations

from hoffice.web.security import content_security_policy


def test_only_pages_that_read_codes_may_run_webassembly_and_nothing_else_is_opened() -> None:
    usual = content_security_policy()
    reading = content_security_policy(reads_codes=True)

    assert "unsafe" not in usual
    assert reading == usual.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
    assert "'unsafe-eval'" not in reading
    assert "'unsafe-inline'" not in reading
