import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.Tokens;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.AuthenticationResponse;
import com.nimbusds.openid.connect.sdk.AuthenticationResponseParser;
import com.nimbusds.openid.connect.sdk.AuthenticationSuccessResponse;
import com.nimbusds.openid.connect.sdk.LogoutRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.claims.ACR;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.AccessTokenValidator;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The SDK of Nimbus, a relying party that we did not write and what Spring Security is built on,
 * through all of the flows.
 *
 * <p>It writes a line of JSON for each thing that it wants the person at the browser to do, and
 * reads a line back; SCENARIO says where and as whom.
 */
public final class Flow {
  private static final BufferedReader INPUT =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

  private final Map<String, Object> told;
  private final OIDCProviderMetadata server;
  private final ClientID client;
  private final ClientAuthentication authentication;
  // Kept for the whole session, as a cache of an hour would.
  private JWKSet keys;

  private Flow() throws Exception {
    told = JSONObjectUtils.parse(System.getenv("SCENARIO"));
    server = OIDCProviderMetadata.resolve(new Issuer(text("issuer")));
    client = new ClientID(text("client_id"));
    authentication = new ClientSecretBasic(client, new Secret(text("client_secret")));
    keys = JWKSet.load(server.getJWKSetURI().toURL());
  }

  public static void main(String[] arguments) throws Exception {
    new Flow().run();
  }

  private void run() throws Exception {
    Nonce nonce = new Nonce();
    OIDCTokens tokens = logIn(nonce, null);
    IDTokenClaimsSet claims = verified(tokens, nonce);
    check(text("tenant").equals(claims.getStringClaim("tenant")), "tenant");
    userInfo(tokens, claims);
    tokens = refreshed(tokens);
    ask("publish", "");
    keys = JWKSet.load(server.getJWKSetURI().toURL());
    ask("rotate", "");
    tokens = refreshed(tokens);
    verified(tokens, null);

    nonce = new Nonce();
    IDTokenClaimsSet stepped = verified(logIn(nonce, "mfa"), nonce);
    check(new ACR("mfa").equals(stepped.getACR()), "acr");

    introspectAndRevoke(tokens);
    forItself();

    nonce = new Nonce();
    logOut(logIn(nonce, null));
    System.out.println("{\"act\":\"done\"}");
  }

  private OIDCTokens logIn(Nonce nonce, String acr) throws Exception {
    State state = new State();
    CodeVerifier verifier = new CodeVerifier();
    AuthenticationRequest.Builder request =
        new AuthenticationRequest.Builder(
                ResponseType.CODE,
                Scope.parse("openid offline_access profile"),
                client,
                URI.create(text("redirect_uri")))
            .endpointURI(server.getAuthorizationEndpointURI())
            .state(state)
            .nonce(nonce)
            .codeChallenge(verifier, CodeChallengeMethod.S256);
    if (acr != null) {
      request.acrValues(List.of(new ACR(acr))).maxAge(0);
    }
    URI back = URI.create(ask("authorize", request.build().toURI().toString()));
    AuthenticationResponse response = AuthenticationResponseParser.parse(back);
    check(response.indicatesSuccess(), back.toString());
    check(state.equals(response.getState()), "state");
    // RFC 9207 §2.4.
    check(server.getIssuer().equals(response.getIssuer()), "iss");
    AuthenticationSuccessResponse success = response.toSuccessResponse();
    AuthorizationCode code = success.getAuthorizationCode();
    return redeemed(new AuthorizationCodeGrant(code, URI.create(text("redirect_uri")), verifier));
  }

  private OIDCTokens redeemed(AuthorizationGrant grant) throws Exception {
    TokenRequest request =
        new TokenRequest.Builder(server.getTokenEndpointURI(), authentication, grant).build();
    TokenResponse response = OIDCTokenResponseParser.parse(request.toHTTPRequest().send());
    check(response.indicatesSuccess(), response.toHTTPResponse().getBody());
    return ((OIDCTokenResponse) response.toSuccessResponse()).getOIDCTokens();
  }

  private OIDCTokens refreshed(OIDCTokens tokens) throws Exception {
    return redeemed(new RefreshTokenGrant(tokens.getRefreshToken()));
  }

  private IDTokenClaimsSet verified(OIDCTokens tokens, Nonce nonce) throws Exception {
    IDTokenValidator validator =
        new IDTokenValidator(server.getIssuer(), client, JWSAlgorithm.ES256, keys);
    IDTokenClaimsSet claims = validator.validate(tokens.getIDToken(), nonce);
    if (claims.getAccessTokenHash() != null) {
      AccessTokenValidator.validate(
          tokens.getAccessToken(), JWSAlgorithm.ES256, claims.getAccessTokenHash());
    }
    return claims;
  }

  private void userInfo(OIDCTokens tokens, IDTokenClaimsSet claims) throws Exception {
    HTTPResponse answer =
        new UserInfoRequest(server.getUserInfoEndpointURI(), tokens.getAccessToken())
            .toHTTPRequest()
            .send();
    UserInfoResponse response = UserInfoResponse.parse(answer);
    check(response.indicatesSuccess(), answer.getBody());
    check(
        claims.getSubject().equals(response.toSuccessResponse().getUserInfo().getSubject()), "sub");
  }

  private void introspectAndRevoke(Tokens tokens) throws Exception {
    check(isActive(tokens), "not active");
    HTTPResponse revoked =
        new TokenRevocationRequest(
                server.getRevocationEndpointURI(), authentication, tokens.getRefreshToken())
            .toHTTPRequest()
            .send();
    check(revoked.getStatusCode() == 200, revoked.getBody());
    check(!isActive(tokens), "still active");
  }

  private boolean isActive(Tokens tokens) throws Exception {
    HTTPResponse answer =
        new TokenIntrospectionRequest(
                server.getIntrospectionEndpointURI(), authentication, tokens.getAccessToken())
            .toHTTPRequest()
            .send();
    TokenIntrospectionResponse response = TokenIntrospectionResponse.parse(answer);
    check(response.indicatesSuccess(), answer.getBody());
    return response.toSuccessResponse().isActive();
  }

  private void forItself() throws Exception {
    TokenRequest request =
        new TokenRequest.Builder(
                server.getTokenEndpointURI(), authentication, new ClientCredentialsGrant())
            .build();
    TokenResponse response = TokenResponse.parse(request.toHTTPRequest().send());
    check(response.indicatesSuccess(), String.valueOf(response.toHTTPResponse().getBody()));
    check(response.toSuccessResponse().getTokens().getRefreshToken() == null, "refresh token");
  }

  private void logOut(OIDCTokens tokens) throws Exception {
    URI after = URI.create(text("post_logout_redirect_uri"));
    LogoutRequest request =
        new LogoutRequest(
            server.getEndSessionEndpointURI(), tokens.getIDToken(), after, new State("see-you-soon"));
    String back = ask("logout", request.toURI().toString());
    check(back.equals(after + "?state=see-you-soon"), back);
  }

  private static String ask(String act, String url) throws Exception {
    Map<String, Object> wanted = new LinkedHashMap<>();
    wanted.put("act", act);
    wanted.put("url", url);
    System.out.println(JSONObjectUtils.toJSONString(wanted));
    return (String) JSONObjectUtils.parse(INPUT.readLine()).get("url");
  }

  private String text(String name) {
    return (String) told.get(name);
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
