using Microsoft.Extensions.Localization;
using MyData.Core.Citizens;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;
using MyData.Web.Ui;

namespace MyData.Web.Features.Account;

/// <summary>A new address: asked for, then shown to be hers by the code that was mailed to it.</summary>
public sealed class ContactChanges(CitizenContacts contacts, FreshSignIn fresh, IStringLocalizer<AccountText> text)
{
    public async Task<IResult> SendAsync(HttpContext context, string? email)
    {
        // The code lives for minutes, and need not be asked for again.
        if (!fresh.Is(context))
            return SignInAnswer.See(AccountUrls.Contact);
        if (!EmailAddress.TryParse(email, out var address))
            return Wrong(context, StatusCodes.Status422UnprocessableEntity, email, new("email", text["EmailWrong"]));
        var wait = await contacts.SendCodeAsync(context.User.GetCitizenId(), address, context.RequestAborted);
        if (wait is not { } time)
            return SignInAnswer.See(AccountUrls.ContactCode);
        var error = new FieldError("email", text["CodesTooMany", TooManyTries.Minutes(time)]);
        return TooManyTries.Answer(context, new ContactForm { Email = email, Errors = [error] }, time);
    }

    public async Task<IResult> VerifyAsync(HttpContext context, string? code)
    {
        var digits = new string([.. (code ?? "").Where(char.IsAsciiDigit).Take(CitizenContacts.CodeLength + 1)]);
        if (digits.Length != CitizenContacts.CodeLength)
            return Wrong(context, StatusCodes.Status422UnprocessableEntity, null, new("code", text["CodeShape"]));
        var (citizen, session) = (context.User.GetCitizenId(), context.User.GetSessionId());
        return await contacts.VerifyAsync(citizen, session, digits, context.RequestAborted) switch
        {
            ContactAnswer.Verified => SignInAnswer.See(AccountUrls.Done(AccountUrls.Contact, "contact")),
            ContactAnswer.Wrong => Wrong(
                context,
                StatusCodes.Status422UnprocessableEntity,
                null,
                new("code", text["CodeWrong"])
            ),
            _ => context.Page(
                new ContactForm { Errors = [new("email", text["CodeGone"])] },
                StatusCodes.Status422UnprocessableEntity,
                AccountUrls.Contact
            ),
        };
    }

    private static IResult Wrong(HttpContext context, int status, string? email, FieldError error) =>
        context.Page(new ContactForm { Email = email, Errors = [error] }, status);
}
