using MyData.Core.Members;
using MyData.Web.Features.Services;

namespace MyData.Web.Features.Members;

/// <summary>What a service that signs somebody in is told: its tokens, and userinfo (OpenID Connect Core §3.1.3.3, §5.3).</summary>
internal static class MemberUserInfo
{
    private const string Scheme = "DPoP ";

    /// <summary>Whether a service asks at userinfo: agencies ask there too, in other ways.</summary>
    public static bool IsAsked(HttpContext context) =>
        context.Request.Headers.Authorization.ToString().StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    public static Task<IResult> AnswerAsync(HttpContext context) =>
        DeliveryEndpoints.WithTokenAsync(
            context,
            async use =>
            {
                var reads = context.RequestServices.GetRequiredService<MemberReads>();
                return Results.Json(await reads.ReadAsync(use, context.RequestAborted));
            }
        );

    public static IResult Tokens(MemberTokens tokens) =>
        Results.Json(
            new
            {
                access_token = tokens.Access,
                token_type = "DPoP",
                expires_in = (int)tokens.Life.TotalSeconds,
                scope = tokens.Scope,
                id_token = tokens.IdToken,
            }
        );
}
