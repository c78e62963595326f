using MyData.Core.Notifications;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Notices;

public static class NoticesEndpoints
{
    public static void MapNotices(this IEndpointRouteBuilder app) =>
        app.MapPost(NoticesUrls.Read, MarkReadAsync).RequireForm().WithMetadata(PersonLimit.Changes);

    // Marking a notice that is read, gone or another's changes nothing and says nothing.
    private static async Task<IResult> MarkReadAsync(
        HttpContext context,
        Core.Notifications.Notices notices,
        CancellationToken cancellationToken
    )
    {
        var citizen = context.User.GetCitizenId();
        var form = await context.Request.ReadFormAsync(cancellationToken);
        if (form["id"] is [{ } one])
            await notices.MarkReadAsync(citizen, Guid.TryParse(one, out var id) ? id : Guid.Empty, cancellationToken);
        else
            await notices.MarkAllReadAsync(citizen, cancellationToken);
        return new SeeOther(NoticesUrls.From(Guid.TryParse(form["before"], out var before) ? before : null));
    }
}
