using Microsoft.AspNetCore.Mvc;
using MyData.Core.Staff;
using MyData.Web.Features.Desk;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Staff;

public static class StaffEndpoints
{
    private static readonly Guid SandboxMember = new("5a4d0b0e-0000-7000-8000-000000000001");

    public static void MapStaff(this WebApplication app)
    {
        // Before the pages of the same address, which would otherwise answer the form too.
        var door = app.MapGroup("").AllowAnonymous().RequireRateLimiting(SignInSetup.RatePolicy).WithOrder(-1);
        door.MapPost(
            StaffUrls.EnrolOptions,
            (HttpContext context, StaffPasskeySteps steps, [FromForm] string? invitation) =>
                steps.EnrolOptionsAsync(context, invitation)
        );
        door.MapPost(StaffUrls.Enrol, EnrolAsync);
        door.MapPost(
                StaffUrls.SignInOptions,
                (HttpContext context, StaffPasskeySteps steps) => steps.SignInOptionsAsync(context)
            )
            .RequireForm();
        door.MapPost(StaffUrls.SignIn, SignInAsync);
        if (app.Services.GetRequiredService<MyDataSettings>().Sandbox.Enabled && app.Environment.IsDevelopment())
            door.MapPost(StaffUrls.Sandbox, SandboxAsync).RequireForm();
        app.MapPost(StaffUrls.SignOut, SignOutAsync)
            .RequireAuthorization(StaffClaims.HelpDesk)
            .RequireRateLimiting(SignInSetup.RatePolicy)
            .RequireForm();
    }

    private static async Task<IResult> EnrolAsync(
        HttpContext context,
        StaffPasskeySteps steps,
        [FromForm] string? invitation,
        [FromForm] string? credential
    )
    {
        if (await steps.EnrolAsync(context, invitation, credential) is not { } cookie)
            return new SeeOther(StaffUrls.Refused(StaffPasskeySteps.NotEnrolled));
        StaffCookies.SetSession(context, cookie);
        return new SeeOther(DeskUrls.Complaints);
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context,
        StaffPasskeySteps steps,
        [FromForm] string? credential
    )
    {
        var (cookie, code) = await steps.SignInAsync(context, credential);
        if (cookie is null)
            return new SeeOther(StaffUrls.Refused(code));
        StaffCookies.SetSession(context, cookie);
        return new SeeOther(DeskUrls.Complaints);
    }

    private static async Task<IResult> SandboxAsync(HttpContext context, StaffMembers members)
    {
        var name = "sandbox-help-desk";
        var cookie = await members.SandboxAsync(SandboxMember, name, StaffRoles.HelpDesk, context.RequestAborted);
        StaffCookies.SetSession(context, cookie);
        return new SeeOther(DeskUrls.Complaints);
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, StaffSessions sessions)
    {
        if (await sessions.FindAsync(StaffCookies.Session(context), context.RequestAborted) is { } session)
            await sessions.EndAsync(session, context.RequestAborted);
        StaffCookies.DeleteSession(context);
        return new SeeOther(StaffUrls.SignIn);
    }
}
