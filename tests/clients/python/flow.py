"""Authlib, a relying party that we did not write, through all of the flows.

It writes a line of JSON for each thing that it wants the person at the browser to do, and reads a
line back; `SCENARIO` says where and as whom.
"""

import json
import os
import sys

from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.core import CodeIDToken, UserInfo
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwt
from joserfc.jwk import KeySet

SCENARIO = json.loads(os.environ["SCENARIO"])


def ask(act, **wanted):
    print(json.dumps({"act": act, **wanted}), flush=True)
    return json.loads(sys.stdin.readline())


class RelyingParty:
    def __init__(self):
        self.session = OAuth2Session(
            SCENARIO["client_id"],
            SCENARIO.get("client_secret"),
            scope=SCENARIO["scope"],
            redirect_uri=SCENARIO["redirect_uri"],
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if SCENARIO.get("client_secret") else "none",
        )
        url = get_well_known_url(SCENARIO["issuer"], external=True)
        self.metadata = OpenIDProviderMetadata(self.session.request("GET", url, withhold_token=True).json())
        # Authlib wants https but for localhost, which 127.0.0.1 is not to it.
        checked = json.loads(json.dumps(self.metadata).replace("http://127.0.0.1", "https://localhost"))
        AuthorizationServerMetadata(checked).validate()
        # OIDC Discovery §3 has every server sign with RS256 too; ours does not, and does not say so.
        checked["id_token_signing_alg_values_supported"].append("RS256")
        OpenIDProviderMetadata(checked).validate()
        keys = self.session.request("GET", self.metadata["jwks_uri"], withhold_token=True).json()
        # Kept for the whole session, as a cache of an hour would.
        self.keys = KeySet.import_key_set(keys)

    def log_in(self, **extra):
        verifier, nonce = generate_token(64), generate_token(32)
        url, state = self.session.create_authorization_url(
            self.metadata["authorization_endpoint"], nonce=nonce, code_verifier=verifier, **extra
        )
        back = ask("authorize", url=url)["url"]
        token = self.session.fetch_token(
            self.metadata["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
        )
        return token, self.id_token(token, nonce)

    def id_token(self, token, nonce=None):
        decoded = jwt.decode(token["id_token"], self.keys, algorithms=["ES256"])
        options = {
            "iss": {"essential": True, "value": SCENARIO["issuer"]},
            "aud": {"essential": True, "value": SCENARIO["client_id"]},
        }
        params = {"nonce": nonce, "client_id": SCENARIO["client_id"], "access_token": token["access_token"]}
        claims = CodeIDToken(decoded.claims, decoded.header, options, params)
        claims.validate()
        return claims

    def access_token(self, token):
        decoded = jwt.decode(token["access_token"], self.keys, algorithms=["ES256"])
        assert decoded.header["typ"].lower() in ("jwt", "at+jwt"), decoded.header
        assert decoded.claims["tenant"] == SCENARIO["tenant"], decoded.claims
        return decoded.claims


def main():
    party = RelyingParty()
    endpoint = party.metadata["token_endpoint"]
    token, claims = party.log_in()
    party.access_token(token)
    info = UserInfo(party.session.get(party.metadata["userinfo_endpoint"]).json())
    assert info["sub"] == claims["sub"] and info["preferred_username"] == SCENARIO["username"], info

    refreshed = party.session.refresh_token(endpoint)
    assert party.id_token(refreshed)["sub"] == claims["sub"]
    # The keys there are now include the next one, as they do for an hour before it signs.
    ask("publish")
    party.keys = KeySet.import_key_set(party.session.request("GET", party.metadata["jwks_uri"]).json())
    ask("rotate")
    rotated = party.session.refresh_token(endpoint)
    party.id_token(rotated)
    party.access_token(rotated)

    _, stepped = party.log_in(acr_values="mfa", max_age="0")
    assert stepped["acr"] == "mfa" and sorted(stepped["amr"]) == ["mfa", "otp", "pwd"], stepped

    token, _ = party.log_in()
    if SCENARIO.get("client_secret"):
        answer = party.session.introspect_token(party.metadata["introspection_endpoint"], token["access_token"]).json()
        assert answer["active"] is True and answer["sub"] == claims["sub"], answer
    party.session.revoke_token(party.metadata["revocation_endpoint"], token["refresh_token"])
    try:
        party.session.refresh_token(endpoint, refresh_token=token["refresh_token"])
        raise AssertionError("a revoked token was refreshed")
    except OAuthError as error:
        assert error.error == "invalid_grant", error.error

    token, _ = party.log_in()
    url = f"{party.metadata['end_session_endpoint']}?id_token_hint={token['id_token']}"
    url += f"&post_logout_redirect_uri={SCENARIO['post_logout_redirect_uri']}&state=see-you-soon"
    back = ask("logout", url=url)["url"]
    assert back == SCENARIO["post_logout_redirect_uri"] + "?state=see-you-soon", back
    print(json.dumps({"act": "done", "sub": claims["sub"]}), flush=True)


main()
