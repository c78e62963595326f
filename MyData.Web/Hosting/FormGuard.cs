using Microsoft.AspNetCore.Antiforgery;

namespace MyData.Web.Hosting;

/// <summary>
/// For forms without a bound field: those with one are refused by the framework when their token is missing, these would
/// not be.
/// </summary>
public static class FormGuard
{
    public static RouteHandlerBuilder RequireForm(this RouteHandlerBuilder endpoint) =>
        endpoint
            .WithMetadata(new RequireAntiforgeryTokenAttribute())
            .AddEndpointFilter(
                (invocation, next) =>
                    invocation.HttpContext.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: true }
                        ? next(invocation)
                        : ValueTask.FromResult<object?>(Results.BadRequest())
            );
}
