using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MyData.Core.Staff;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;
using MyData.Web.Sandbox.Counters;

namespace MyData.Web.Features.Staff;

public static class StaffEndpoints
{
    // The end of an id is its number in the list of roles.
    private const string SandboxMembers = "5a4d0b0e-0000-7000-8000-00000000000";

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
            .RequireAuthorization(StaffClaims.Any)
            .RequireRateLimiting(SignInSetup.RatePolicy)
            .RequireForm();
    }

    private static async Task<IResult> EnrolAsync(
        HttpContext context,
        StaffPasskeySteps steps,
        StaffSessions sessions,
        [FromForm] string? invitation,
        [FromForm] string? credential
    )
    {
        if (await steps.EnrolAsync(context, invitation, credential) is not { } cookie)
            return new SeeOther(StaffUrls.Refused(StaffPasskeySteps.NotEnrolled));
        return await EnterAsync(context, sessions, cookie);
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context,
        StaffPasskeySteps steps,
        StaffSessions sessions,
        [FromForm] string? credential
    )
    {
        var (cookie, code) = await steps.SignInAsync(context, credential);
        if (cookie is null)
            return new SeeOther(StaffUrls.Refused(code));
        return await EnterAsync(context, sessions, cookie);
    }

    private static async Task<IResult> SandboxAsync(
        HttpContext context,
        StaffMembers members,
        StaffSessions sessions,
        [FromForm] string? clerk,
        [FromForm(Name = "role")] string? asked
    )
    {
        var stop = context.RequestAborted;
        if (SandboxClerks.Find(clerk) is { } persona)
        {
            var office = await members.SandboxAsync(persona.Id, persona.Name, StaffRoles.Clerk, persona.Office, stop);
            return await EnterAsync(context, sessions, office);
        }
        var role = StaffRoles.Platform.FirstOrDefault(known => known == asked) ?? StaffRoles.HelpDesk;
        var number = StaffRoles.Platform.ToList().IndexOf(role) + 1;
        var id = Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"{SandboxMembers}{number}"));
        return await EnterAsync(context, sessions, await members.SandboxAsync(id, $"sandbox-{role}", role, null, stop));
    }

    private static async Task<IResult> EnterAsync(HttpContext context, StaffSessions sessions, string cookie)
    {
        StaffCookies.SetSession(context, cookie);
        return new SeeOther(StaffUrls.Home((await sessions.FindAsync(cookie, context.RequestAborted))?.Role));
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, StaffSessions sessions)
    {
        if (await sessions.FindAsync(StaffCookies.Session(context), context.RequestAborted) is { } session)
            await sessions.EndAsync(session, context.RequestAborted);
        StaffCookies.DeleteSession(context);
        return new SeeOther(StaffUrls.SignIn);
    }
}
