using MyData.Core.Data;
using MyData.Core.Staff;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Staff;

/// <summary>
/// <c>dotnet MyData.Web.dll operator …</c>: who works for the platform. <c>add</c> needs the key folder alone, but for a
/// clerk; the rest is done by the running portal (<see cref="OperatorDoor"/>), since one process alone may write its database.
/// </summary>
public static class OperatorCommand
{
    public const string Name = "operator";

    public const string Usage = """
        operator add NAME [ROLE]  prints a link with which somebody new makes her passkey; ROLE is
                                  help-desk (where it is left out), auditor or operator
        operator add NAME clerk OFFICE
                                  the same for a clerk at an office's counter; OFFICE is an id that a service names now
        operator list             who works here, and her passkeys
        operator link WHO         prints a link with which she makes one more passkey
        operator revoke PASSKEY   takes one passkey away, of a lost device; she is signed out everywhere
        operator remove WHO       she leaves: passkeys, links and sessions end; what she did keeps her name

        WHO is a name or an id, PASSKEY an id, as 'list' shows them; a name with spaces stands in quotes.
        All but 'add' of the platform's own people ask the running portal: run them beside it, with its settings, as
        the user that it runs as.
        Ends with 0: done; 1: not done; 2: not understood.
        """;

    private const string DevelopmentOrigin = "http://localhost:5080";

    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        string[] words = [.. args.Skip(1).TakeWhile(word => !word.StartsWith('-'))];
        var rest = args[(1 + words.Length)..];
        if (words is ["help"] || rest.Any(word => word is "--help" or "-h"))
            return Say(new(OperatorAnswer.Done, Usage));
        if (words is ["add", var given, ..] && words.Length <= 4 && !IsName(given))
            return Say(OperatorAnswer.NotUnderstood($"A name has 1 to {StaffInvitations.LongestName} characters."));
        if (words is ["add", _, var asked] && !StaffRoles.Platform.Contains(asked))
            return Say(OperatorAnswer.NotUnderstood($"A role is one of {string.Join(", ", StaffRoles.Platform)}."));
        return words switch
        {
            ["add", var name] => Say(Add(WebApplication.CreateBuilder(rest), name, StaffRoles.HelpDesk)),
            ["add", var name, var role] => Say(Add(WebApplication.CreateBuilder(rest), name, role)),
            ["list"] or ["link" or "revoke" or "remove", _] or ["add", _, StaffRoles.Clerk, _] => Say(
                Ask(WebApplication.CreateBuilder(rest), words)
            ),
            [] => Say(OperatorAnswer.NotUnderstood(Usage)),
            _ => Say(OperatorAnswer.NotUnderstood($"Not understood: {string.Join(' ', words)}\n\n{Usage}")),
        };
    }

    private static bool IsName(string name) =>
        name.Trim().Length is > 0 and <= StaffInvitations.LongestName && !name.Any(char.IsControl);

    private static OperatorAnswer Add(WebApplicationBuilder builder, string name, string role)
    {
        var settings = Settings(builder);
        var folder = settings.KeyFolder(
            builder.Environment.ContentRootPath,
            mayCreate: builder.Environment.IsDevelopment()
        );
        var invitations = new StaffInvitations(new PersonalDataVault(folder), TimeProvider.System);
        var origin = settings.Origin.Length > 0 ? settings.Origin : DevelopmentOrigin;
        return OperatorAnswer.Link(name, StaffUrls.Invitation(origin, invitations.Create(name, role)));
    }

    private static OperatorAnswer Ask(WebApplicationBuilder builder, string[] words)
    {
        var settings = Settings(builder);
        return settings.Database.Length == 0
            ? OperatorAnswer.NotDone("MyData:Database is not set: run this with the portal's settings.")
            : OperatorDoor.Ask(settings.DatabaseSettings(builder.Environment.ContentRootPath), words);
    }

    private static MyDataSettings Settings(WebApplicationBuilder builder) =>
        builder.Configuration.GetSection("MyData").Get<MyDataSettings>() ?? new MyDataSettings();

    private static int Say(OperatorAnswer answer)
    {
        (answer.ExitCode == OperatorAnswer.Done ? Console.Out : Console.Error).WriteLine(answer.Text);
        return answer.ExitCode;
    }
}
