"""Papers in the browser: who has signed, sending, reminding, taking back, texts."""

from hoffice.agreements.views import people, sending, texts, writing
from hoffice.agreements.views.blueprint import bp

__all__ = ["bp", "people", "sending", "texts", "writing"]
