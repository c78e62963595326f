using System.Text.Json;
using System.Text.Json.Nodes;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.OpenId;
using MyData.Web.Features.Members;
using MyData.Web.Hosting;

namespace MyData.Web.Features.OpenId;

/// <summary>Discovery, keys, and the part of the authorization server that providers need (protocols.md A1, A2, B1).</summary>
public static class OpenIdEndpoints
{
    public static void AddOpenIdEndpoints(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<ClientFailures>();

    public static void MapOpenId(this IEndpointRouteBuilder app)
    {
        app.MapGet(OpenIdUrls.Discovery, Discovery).AllowAnonymous();
        app.MapGet(OpenIdUrls.ServerMetadata, Discovery).AllowAnonymous();
        app.MapGet(OpenIdUrls.Keys, Keys).AllowAnonymous();
        app.MapGet(OpenIdUrls.Trust, Trust).AllowAnonymous();
        var group = app.MapGroup("").ForClients(app.ServiceProvider);
        group.MapGrants();
        group.MapPost(OpenIdUrls.Introspect, IntrospectAsync);
        group.MapPost(
            OpenIdUrls.UserInfo,
            (HttpContext context, Introspection introspection, ProviderClients clients) =>
                MemberUserInfo.IsAsked(context)
                    ? MemberUserInfo.AnswerAsync(context)
                    : UserInfoByAssertionAsync(context, introspection, clients, context.RequestAborted)
        );
        group.MapGet(
            OpenIdUrls.UserInfo,
            (HttpContext context, Introspection introspection) =>
                MemberUserInfo.IsAsked(context)
                    ? MemberUserInfo.AnswerAsync(context)
                    : UserInfoByBearerAsync(context, introspection, context.RequestAborted)
        );
    }

    /// <summary>OpenID Connect Discovery §3, RFC 8414 §2, FAPI 2.0 Security Profile §5.3.2: what is served, and nothing that is not.</summary>
    private static IResult Discovery(IIssuer issuer)
    {
        string[] algorithms = [JoseNames.Es256, JoseNames.Ps256];
        string[] byKey = ["private_key_jwt"];
        return Results.Json(
            new
            {
                issuer = issuer.Value,
                jwks_uri = issuer.Value + OpenIdUrls.Keys,
                authorization_endpoint = issuer.Value + OpenIdUrls.Authorize,
                pushed_authorization_request_endpoint = issuer.Value + OpenIdUrls.Par,
                require_pushed_authorization_requests = true,
                token_endpoint = issuer.Value + OpenIdUrls.Token,
                token_endpoint_auth_methods_supported = byKey,
                token_endpoint_auth_signing_alg_values_supported = algorithms,
                revocation_endpoint = issuer.Value + OpenIdUrls.Revoke,
                revocation_endpoint_auth_methods_supported = byKey,
                revocation_endpoint_auth_signing_alg_values_supported = algorithms,
                introspection_endpoint = issuer.Value + OpenIdUrls.Introspect,
                introspection_endpoint_auth_methods_supported = new[] { "private_key_jwt", "client_secret_basic" },
                introspection_endpoint_auth_signing_alg_values_supported = new[] { JoseNames.Es256 },
                userinfo_endpoint = issuer.Value + OpenIdUrls.UserInfo,
                dpop_signing_alg_values_supported = algorithms,
                code_challenge_methods_supported = new[] { "S256" },
                authorization_details_types_supported = new[] { "mydata" },
                authorization_response_iss_parameter_supported = true,
                subject_types_supported = new[] { "pairwise" },
                response_types_supported = new[] { "code" },
                response_modes_supported = new[] { "query" },
                grant_types_supported = new[] { "authorization_code", "refresh_token" },
                end_session_endpoint = issuer.Value + MembersUrls.Logout,
                prompt_values_supported = new[] { "none", "login", "consent" },
                claims_parameter_supported = true,
                claim_types_supported = new[] { "normal" },
                claims_supported = (string[])["sub", "acr", "amr", "auth_time", .. SignInClaims.All, "email_verified"],
                request_parameter_supported = false,
                request_uri_parameter_supported = false,
                id_token_signing_alg_values_supported = new[] { JoseNames.Es256 },
                acr_values_supported = Enum.GetNames<AssuranceLevel>()[1..],
                scopes_supported = new[] { "mydata", "openid", "profile", "email" },
            }
        );
    }

    /// <summary>Whoever calls here proves who it is by a key of its own, and waits after too many refusals.</summary>
    public static RouteGroupBuilder ForClients(this RouteGroupBuilder group, IServiceProvider services)
    {
        var failures = services.GetRequiredService<MyDataSettings>().ClientFailures;
        return group
            .AllowAnonymous()
            .DisableAntiforgery()
            .WithMetadata(
                new EndpointLimit(
                    $"refusals: {failures.PerClient} of a client from one network, {failures.PerNetwork} of a network, {failures.PerNetwork * ClientFailures.OfSite} of a /48; a proof without the nonce is an eighth of one; one is forgotten each {failures.Forget.TotalSeconds} s (`{ClientFailures.TooMany}`)"
                )
            );
    }

    private static IResult Keys(HttpContext context, SigningKeys keys)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        return Results.Text(JwkSet.ToPublicJson(keys.Published), "application/jwk-set+json");
    }

    /// <summary>The certificates that a provider's certificate must chain to, as the browser checks it (base64 of DER).</summary>
    private static IResult Trust(HttpContext context, TrustedRoots roots)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        return Results.Json(new { roots = roots.Certificates.Select(root => Convert.ToBase64String(root.RawData)) });
    }

    private static Task<IResult> IntrospectAsync(
        HttpContext context,
        Introspection introspection,
        ProviderClients clients,
        IIssuer issuer,
        CancellationToken cancellation
    ) =>
        OpenIdAnswers.AnswerAsync(
            context,
            async caller =>
            {
                var form = await OpenIdAnswers.FormAsync(context, cancellation);
                caller.Name(Claimed(context, form));
                var provider = context.Request.Headers.Authorization is { Count: 1 } basic
                    ? await clients.ByBasicAsync(basic.ToString(), cancellation)
                    : await clients.ByAssertionAsync(
                        form[OpenIdAnswers.AssertionTypeField],
                        form[OpenIdAnswers.AssertionField],
                        cancellation
                    );
                var token = await introspection.TokenAsync(
                    provider,
                    OpenIdAnswers.Required(form, "token"),
                    cancellation
                );
                if (token is not null)
                    return Results.Json(Active(token, issuer));
                caller.Failed();
                return Results.Json(new JsonObject { ["active"] = false });
            }
        );

    private static Task<IResult> UserInfoByAssertionAsync(
        HttpContext context,
        Introspection introspection,
        ProviderClients clients,
        CancellationToken cancellation
    ) =>
        OpenIdAnswers.AnswerAsync(
            context,
            async caller =>
            {
                var form = await OpenIdAnswers.FormAsync(context, cancellation);
                caller.Name(Claimed(context, form));
                var provider = await clients.ByAssertionAsync(
                    form[OpenIdAnswers.AssertionTypeField],
                    form[OpenIdAnswers.AssertionField],
                    cancellation
                );
                var (token, subject) = await introspection.SubjectAsync(
                    provider,
                    OpenIdAnswers.Required(form, "access_token"),
                    cancellation
                );
                return Results.Json(Subject(token, subject));
            }
        );

    private static Task<IResult> UserInfoByBearerAsync(
        HttpContext context,
        Introspection introspection,
        CancellationToken cancellation
    ) =>
        OpenIdAnswers.AnswerAsync(
            context,
            async _ =>
            {
                var header = context.Request.Headers.Authorization.ToString();
                if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
                    throw OpenIdException.InvalidToken("No bearer token.");
                var (token, subject) = await introspection.BearerSubjectAsync(header[7..].Trim(), cancellation);
                return Results.Json(Subject(token, subject));
            }
        );

    /// <summary>RFC 7662 §2.2, with the members of protocols.md A2 and B1.</summary>
    private static JsonObject Active(AccessToken token, IIssuer issuer)
    {
        var answer = new JsonObject
        {
            ["active"] = true,
            ["scope"] = "mydata",
            ["iss"] = issuer.Value,
            ["sub"] = token.Subject,
            ["aud"] = token.Audience,
            ["client_id"] = PlatformClient.ClientId,
            ["iat"] = token.IssuedAt.ToUnixTimeSeconds(),
            ["nbf"] = token.IssuedAt.ToUnixTimeSeconds(),
            ["exp"] = token.ExpiresAt.ToUnixTimeSeconds(),
            ["auth_time"] = token.AuthTime.ToUnixTimeSeconds(),
            ["acr"] = token.Level.ToString(),
            ["amr"] = Methods(token),
            ["transfer_id"] = token.TransferId.ToString(),
            ["authorization_details"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "mydata",
                    ["datasets"] = new JsonArray(new JsonObject { ["id"] = token.DataSetId }),
                    ["use"] = "once",
                    ["consent_id"] = token.ConsentId.ToString(),
                }
            ),
        };
        if (token.KeyThumbprint is { } thumbprint)
            answer["cnf"] = new JsonObject { ["jkt"] = thumbprint };
        else
            answer["verification"] = NationalMethods.Code(token.Methods);
        return answer;
    }

    private static JsonObject Subject(AccessToken token, CitizenIdentity subject) =>
        new()
        {
            ["sub"] = token.Subject,
            ["account"] = token.Subject,
            ["uid"] = subject.Id.Value,
            ["uid_verified"] = true,
            ["name"] = subject.Name,
            ["cn"] = subject.Name,
            ["birthdate"] = subject.Birthdate.ToString("yyyy-MM-dd", null),
            ["gender"] = subject.Gender,
            ["acr"] = token.Level.ToString(),
            ["amr"] = Methods(token),
            ["idp"] = NationalMethods.Code(token.Methods),
        };

    private static JsonArray Methods(AccessToken token) =>
        [.. token.Methods.Split(' ').Select(method => JsonValue.Create(method))];

    // Whom the request names, not yet whose it is.
    private static string Claimed(HttpContext context, IFormCollection form) =>
        ProviderClients.ClaimedBasic(context.Request.Headers.Authorization.ToString()) ?? form["client_id"].ToString();
}
