using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using MyData.Core.Citizens;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Account;

public static class AccountEndpoints
{
    public static void AddAccount(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FreshSignIn>();
        builder.Services.AddScoped<PasskeyAdding>();
        builder.Services.AddScoped<ContactChanges>();
    }

    public static void MapAccount(this IEndpointRouteBuilder app)
    {
        // Before the pages of the same address, which would otherwise answer the form too.
        var group = app.MapGroup("").RequireRateLimiting(SignInSetup.RatePolicy).WithOrder(-1);
        group
            .MapPost(
                AccountUrls.Contact,
                (HttpContext context, ContactChanges changes, [FromForm] string? email) =>
                    changes.SendAsync(context, email)
            )
            .WithMetadata(
                new EndpointLimit(
                    $"person: {CitizenContacts.CodesAtOnce} codes, then one each half hour, and a wait that grows"
                )
            );
        group
            .MapPost(
                AccountUrls.ContactCode,
                (HttpContext context, ContactChanges changes, [FromForm] string? code) =>
                    changes.VerifyAsync(context, code)
            )
            .WithMetadata(new EndpointLimit($"person: {CitizenContacts.Tries} tries for a code"));
        group.MapPost(AccountUrls.ContactRemove, RemoveContactAsync).RequireForm();
        group.MapPost(AccountUrls.Preferences, SetPreferencesAsync).RequireForm();
        group.MapGet(AccountUrls.HeldJson, DownloadAsync).WithMetadata(PersonLimit.Exports);
        group
            .MapPost(
                AccountUrls.PasskeyOptions,
                (HttpContext context, PasskeyAdding adding) => adding.OptionsAsync(context)
            )
            .RequireForm();
        group.MapPost(AccountUrls.Passkeys, AddPasskeyAsync);
        group.MapPost("/account/passkeys/{id:guid}/name", RenamePasskeyAsync);
        group.MapPost("/account/passkeys/{id:guid}/remove", RemovePasskeyAsync).RequireForm();
        group.MapPost("/account/sessions/{id:guid}/end", EndSessionAsync).RequireForm();
        group.MapPost(AccountUrls.EndOthers, EndOthersAsync).RequireForm();
        group.MapPost(AccountUrls.Close, CloseAsync).RequireForm();
    }

    private static async Task<IResult> RemoveContactAsync(
        HttpContext context,
        CitizenContacts contacts,
        FreshSignIn fresh
    )
    {
        if (!fresh.Is(context))
            return SignInAnswer.See(AccountUrls.Contact);
        var (citizen, session) = (context.User.GetCitizenId(), context.User.GetSessionId());
        await contacts.RemoveAsync(citizen, session, context.RequestAborted);
        return Done(AccountUrls.Contact, "contact-removed");
    }

    private static async Task<IResult> SetPreferencesAsync(HttpContext context, CitizenContacts contacts)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var language = form["language"].ToString();
        if (!Languages.Supported.Contains(language))
            return Results.BadRequest();
        var wanted = form["notice"];
        await contacts.SetPreferencesAsync(
            context.User.GetCitizenId(),
            context.User.GetSessionId(),
            language,
            [.. PreferencesPage.Kinds.Where(kind => !wanted.Contains(kind))],
            context.RequestAborted
        );
        return Done(AccountUrls.Preferences, "preferences");
    }

    private static async Task DownloadAsync(HttpContext context, CitizenAccounts accounts, HeldData held)
    {
        var citizen = context.User.GetCitizenId();
        var identity = await accounts.IdentityAsync(citizen, context.RequestAborted);
        var contact = await accounts.ContactAsync(citizen, context.RequestAborted);
        var open = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["id"] = identity.Id.Value,
            ["name"] = identity.Name,
            ["birthdate"] = identity.Birthdate.ToString("O", null),
            ["gender"] = identity.Gender,
            ["email"] = contact.Email,
        };
        context.Response.ContentType = "application/json";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"mydata-account.json\"";
        await held.WriteAsync(citizen, open, context.Response.Body, context.RequestAborted);
    }

    private static async Task<IResult> AddPasskeyAsync(
        HttpContext context,
        PasskeyAdding adding,
        [FromForm] string? credential,
        [FromForm] string? name
    ) =>
        await adding.AddAsync(context, credential, name)
            ? Done(AccountUrls.Passkeys, "passkey")
            : SignInAnswer.See($"{AccountUrls.Passkeys}?refused=yes");

    private static async Task<IResult> RenamePasskeyAsync(
        HttpContext context,
        Passkeys passkeys,
        Guid id,
        [FromForm] string? name
    )
    {
        if (PasskeyAdding.Clean(name) is not { } clean)
            return SignInAnswer.See(AccountUrls.Passkeys);
        return await passkeys.RenameAsync(context.User.GetCitizenId(), id, clean, context.RequestAborted)
            ? Done(AccountUrls.Passkeys, "passkey-named")
            : Results.NotFound();
    }

    private static async Task<IResult> RemovePasskeyAsync(HttpContext context, Passkeys passkeys, Guid id)
    {
        var (citizen, session) = (context.User.GetCitizenId(), context.User.GetSessionId());
        return await passkeys.RemoveAsync(citizen, session, id, context.RequestAborted)
            ? Done(AccountUrls.Passkeys, "passkey-removed")
            : Results.NotFound();
    }

    private static async Task<IResult> EndSessionAsync(HttpContext context, Sessions sessions, Guid id) =>
        await sessions.EndAsync(context.User.GetCitizenId(), id, SessionEnds.EndedFromAccount, context.RequestAborted)
            ? Done(AccountUrls.Sessions, "session")
            : Results.NotFound();

    private static async Task<IResult> EndOthersAsync(HttpContext context, Sessions sessions)
    {
        var (citizen, session) = (context.User.GetCitizenId(), context.User.GetSessionId());
        await sessions.EndOthersAsync(citizen, session, context.RequestAborted);
        return Done(AccountUrls.Sessions, "others");
    }

    private static async Task<IResult> CloseAsync(HttpContext context, AccountClosing closing, FreshSignIn fresh)
    {
        if (!fresh.Is(context))
            return SignInAnswer.See(AccountUrls.Close);
        var (citizen, session) = (context.User.GetCitizenId(), context.User.GetSessionId());
        await closing.CloseAsync(citizen, session, context.RequestAborted);
        SessionCookie.Delete(context);
        context.Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return SignInAnswer.See("/account/closed");
    }

    private static IResult Done(string page, string what) => SignInAnswer.See(AccountUrls.Done(page, what));
}
