"""A token serves one request, of one till, for a minute."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.journal.signing import SeedKey
from sync.token import LEEWAY_S, LIFE_S, Asked, Claims, TokenRefused, check, key_named, sign

KEY, OTHER = SeedKey(b"k" * 32), SeedKey(b"o" * 32)
NOW = 1_763_816_709
ASKED = Asked("POST", "/v1/journal", b'{"request":"r1"}')
CLAIMS = Claims("S001-T01", "acme", NOW, "j1")


def believed(token: str, asked: Asked = ASKED, now_s: int = NOW, audience: str = "acme") -> Claims:
    return check(token, KEY.public_key, audience, asked, now_s=now_s)


def refused(token: str, **changes: Any) -> str:
    with pytest.raises(TokenRefused) as caught:
        believed(token, **changes)
    assert not token or token not in str(caught.value)
    return caught.value.slug


def encoded(said: Any) -> str:
    return urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()


def forged(
    header: Callable[[dict[str, Any]], Any] = lambda said: said,
    payload: Callable[[dict[str, Any]], Any] = lambda said: said,
) -> str:
    """Return a token whose parts were changed and signed anew with the right key."""
    said = {"iss": "S001-T01", "aud": "acme", "iat": NOW, "exp": NOW + 60, "jti": "j1"}
    said |= {"bod": ASKED.digest, "pth": ASKED.line}
    parts = [encoded(header({"alg": "EdDSA", "kid": KEY.key_id})), encoded(payload(dict(said)))]
    signature = KEY.sign(".".join(parts).encode())
    return ".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=").decode()])


def test_a_token_says_who_asks_and_until_when_it_must_be_remembered() -> None:
    claims = believed(sign(KEY, CLAIMS, ASKED))
    assert claims == CLAIMS
    assert (claims.store, claims.till) == ("S001", "T01")
    assert claims.forget_s == NOW + LIFE_S + LEEWAY_S
    assert believed(forged()) == CLAIMS


@pytest.mark.parametrize(
    ("slug", "changes"),
    [
        ("body", {"asked": Asked("POST", "/v1/journal", b'{"request":"r2"}')}),
        ("path", {"asked": Asked("POST", "/v1/pull", ASKED.body)}),
        ("path", {"asked": Asked("GET", "/v1/journal", ASKED.body)}),
        ("audience", {"audience": "other"}),
        ("not_yet", {"now_s": NOW - LEEWAY_S - 1}),
        ("expired", {"now_s": NOW + LIFE_S + LEEWAY_S + 1}),
    ],
)
def test_a_token_is_refused_for_anything_but_its_own_request(
    slug: str, changes: dict[str, Any]
) -> None:
    assert refused(sign(KEY, CLAIMS, ASKED), **changes) == slug


@pytest.mark.parametrize("now_s", [NOW - LEEWAY_S, NOW + LIFE_S + LEEWAY_S])
def test_clocks_that_stand_a_little_apart_are_forgiven(now_s: int) -> None:
    assert believed(sign(KEY, CLAIMS, ASKED), now_s=now_s) == CLAIMS


@pytest.mark.parametrize(
    ("slug", "token"),
    [
        ("forged", sign(OTHER, CLAIMS, ASKED)),
        ("too_long", sign(KEY, Claims("S001-T01", "acme", NOW, "j1", 61), ASKED)),
        ("too_long", sign(KEY, Claims("S001-T01", "acme", NOW, "j1", 0), ASKED)),
        ("algorithm", forged(header=lambda said: said | {"alg": "none"})),
        ("algorithm", forged(header=lambda said: said | {"alg": "HS256"})),
        ("malformed", forged(header=lambda said: {"alg": "EdDSA"})),
        ("malformed", forged(header=lambda said: [said])),
        ("malformed", forged(payload=lambda said: said | {"iss": ""})),
        ("malformed", forged(payload=lambda said: said | {"iat": "now"})),
        ("malformed", forged(payload=lambda said: said | {"exp": True})),
        ("malformed", forged(payload=lambda said: said | {"jti": "j" * 41})),
        ("malformed", "a.b"),
        ("malformed", "x" * 1_001),
        ("malformed", ""),
        ("malformed", sign(KEY, CLAIMS, ASKED) + "="),
    ],
)
def test_what_is_no_token_of_the_till_is_refused(slug: str, token: str) -> None:
    assert refused(token) == slug


@given(st.data())
def test_a_token_with_one_character_changed_is_never_believed(data: st.DataObject) -> None:
    token = sign(KEY, CLAIMS, ASKED)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCxyz019-_.=é").filter(lambda one: one != token[at]))
    assert refused(token[:at] + other + token[at + 1 :])


@given(st.text(max_size=200))
def test_any_text_at_all_is_refused_in_the_same_way(text: str) -> None:
    with pytest.raises(TokenRefused):
        key_named(text)
