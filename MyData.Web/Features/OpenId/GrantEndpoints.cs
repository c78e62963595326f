using System.Text.Json;
using System.Text.Json.Serialization;
using MyData.Core.Data;
using MyData.Core.Members;
using MyData.Core.OpenId;
using MyData.Core.Services;
using MyData.Web.Features.Members;
using static MyData.Web.Features.OpenId.OpenIdAnswers;

namespace MyData.Web.Features.OpenId;

/// <summary>What online services call: pushed requests, the code for a token, a token back (FAPI 2.0 Security Profile §5.3.2).</summary>
internal static class GrantEndpoints
{
    private static readonly JsonSerializerOptions WithoutNulls = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static void MapGrants(this RouteGroupBuilder group)
    {
        group.MapPost(OpenIdUrls.Par, PushAsync);
        group.MapPost(OpenIdUrls.Token, RedeemAsync);
        group.MapPost(OpenIdUrls.Revoke, RevokeAsync);
    }

    /// <summary>RFC 9126 §2.</summary>
    private static Task<IResult> PushAsync(
        HttpContext context,
        ServiceClients clients,
        DpopProofs proofs,
        PushedRequests requests,
        MemberRequests signIns,
        ServiceSettings settings,
        IIssuer issuer
    ) =>
        AnswerAsync(
            context,
            async caller =>
            {
                var (form, client) = await AuthenticateAsync(context, caller, clients);
                // RFC 9449 §10.1: a proof here binds the code to its key.
                var key = context.Request.Headers.ContainsKey("DPoP")
                    ? proofs.Check(Proof(context), HttpMethods.Post, issuer.Value + OpenIdUrls.Par)
                    : null;
                var push = new PushRequest
                {
                    Client = client,
                    Parameters = form,
                    Key = key,
                };
                var uri = MemberRequests.IsSignIn(form)
                    ? await signIns.PushAsync(push, context.RequestAborted)
                    : await requests.PushAsync(push, context.RequestAborted);
                TellNonce(context);
                return Results.Json(
                    new { request_uri = uri, expires_in = (int)settings.PushedLife.TotalSeconds },
                    statusCode: StatusCodes.Status201Created
                );
            }
        );

    /// <summary>RFC 6749 §4.1.3, RFC 9449 §5, RFC 9396 §7.</summary>
    private static Task<IResult> RedeemAsync(
        HttpContext context,
        ServiceClients clients,
        DpopProofs proofs,
        ServiceGrants grants,
        StandingGrants standing,
        MemberGrants signIns,
        IIssuer issuer
    ) =>
        AnswerAsync(
            context,
            async caller =>
            {
                var (form, client) = await AuthenticateAsync(context, caller, clients);
                var type = form.GetValueOrDefault("grant_type");
                if (type is not ("authorization_code" or "refresh_token"))
                    throw new OpenIdException("unsupported_grant_type", 400, "Codes and refresh tokens are taken.");
                var key = proofs.Check(Proof(context), HttpMethods.Post, issuer.Value + OpenIdUrls.Token);
                if (type == "refresh_token")
                    return TokenAnswer(context, await RefreshAsync(context, form, client, key, standing));
                var redeem = new RedeemCode
                {
                    Client = client,
                    Key = key,
                    Code = Given(form, "code"),
                    RedirectUri = Given(form, "redirect_uri"),
                    // Missing, it is no verifier of this code's (RFC 7636 §4.6).
                    Verifier = form.GetValueOrDefault("code_verifier") ?? "",
                };
                if (MemberSignIns.IsSignIn(redeem.Code))
                {
                    var signedIn = await signIns.RedeemAsync(redeem, context.RequestAborted);
                    TellNonce(context);
                    return MemberUserInfo.Tokens(signedIn);
                }
                return TokenAnswer(context, await grants.RedeemAsync(redeem, context.RequestAborted));
            }
        );

    /// <summary>RFC 6749 §6; a scope that is more than was granted is refused with all of the request.</summary>
    private static Task<ServiceToken> RefreshAsync(
        HttpContext context,
        Dictionary<string, string> form,
        AuthenticatedService client,
        ProvenKey key,
        StandingGrants standing
    ) =>
        form.GetValueOrDefault("scope") is not (null or "" or "mydata")
            ? throw new OpenIdException("invalid_scope", 400, "More than was granted.", ServiceCodes.Parameter)
            : standing.RefreshAsync(
                new RefreshGrant
                {
                    Client = client,
                    Key = key,
                    Value = Given(form, "refresh_token"),
                },
                context.RequestAborted
            );

    /// <summary>RFC 6749 §5.1; a refresh token where a standing consent stands behind it, and nowhere else.</summary>
    private static IResult TokenAnswer(HttpContext context, ServiceToken token)
    {
        TellNonce(context);
        return Results.Json(
            new
            {
                access_token = token.Value,
                token_type = "DPoP",
                expires_in = (int)token.Life.TotalSeconds,
                refresh_token = token.Refresh,
                scope = "mydata",
                sub = token.Subject,
                authorization_details = token.Details,
            },
            WithoutNulls
        );
    }

    /// <summary>RFC 7009 §2.2: the same answer whether there was such a token or not.</summary>
    private static Task<IResult> RevokeAsync(
        HttpContext context,
        ServiceClients clients,
        ServiceGrants grants,
        MemberGrants signIns
    ) =>
        AnswerAsync(
            context,
            async caller =>
            {
                var (form, client) = await AuthenticateAsync(context, caller, clients);
                var value = Given(form, "token");
                if (!await signIns.RevokeAsync(client, value, context.RequestAborted))
                    await grants.RevokeAsync(client, value, context.RequestAborted);
                return Results.Ok();
            }
        );

    private static async Task<(Dictionary<string, string> Form, AuthenticatedService Client)> AuthenticateAsync(
        HttpContext context,
        Caller caller,
        ServiceClients clients
    )
    {
        var form = await FormAsync(context, context.RequestAborted);
        caller.Name(form["client_id"].ToString());
        // RFC 6749 §3.2: no parameter more than once.
        if (form.FirstOrDefault(field => field.Value.Count != 1) is { Key: { } repeated })
            throw OpenIdException.InvalidRequest($"{repeated} is repeated.", ServiceCodes.Parameter);
        var client = await clients.ByAssertionAsync(
            form[AssertionTypeField],
            form[AssertionField],
            form["client_id"],
            context.RequestAborted
        );
        caller.Proven(client.Listing.Id);
        var fields = form.Where(field => field.Key is not (AssertionField or AssertionTypeField))
            .ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
        return (fields, client);
    }

    private static string Given(Dictionary<string, string> form, string name) =>
        form.TryGetValue(name, out var value) && value.Length > 0
            ? value
            : throw OpenIdException.InvalidRequest($"{name} is missing.", ServiceCodes.Parameter);
}
