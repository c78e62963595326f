namespace MyData.Web.Features.OpenId;

public static class OpenIdUrls
{
    public const string Discovery = "/.well-known/openid-configuration";
    public const string ServerMetadata = "/.well-known/oauth-authorization-server";
    public const string Keys = "/.well-known/jwks.json";
    public const string Trust = "/.well-known/mydata-trust.json";
    public const string Par = "/connect/par";
    public const string Authorize = "/connect/authorize";
    public const string Token = "/connect/token";
    public const string Revoke = "/connect/revoke";
    public const string Introspect = "/connect/introspect";
    public const string UserInfo = "/connect/userinfo";
}
