using MyData.Core.Data;
using MyData.Core.Staff;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Staff;

/// <summary>
/// <c>dotnet MyData.Web.dll operator add NAME</c>: prints a link with which one person makes her passkey, once, within a
/// day. It writes nothing, so it may run beside the portal.
/// </summary>
public static class OperatorCommand
{
    public const string Name = "operator";

    private const string DevelopmentOrigin = "http://localhost:5080";

    /// <returns>The exit code: 2 where the words after it are not understood.</returns>
    public static int Run(string[] args)
    {
        if (args is not [_, "add", { Length: > 0 and <= StaffInvitations.LongestName } name, .. var rest])
        {
            Console.Error.WriteLine(
                $"Usage: operator add NAME   (a work name of at most {StaffInvitations.LongestName} characters)"
            );
            return 2;
        }
        var builder = WebApplication.CreateBuilder(rest);
        var settings = builder.Configuration.GetSection("MyData").Get<MyDataSettings>() ?? new MyDataSettings();
        var folder = settings.KeyFolder(
            builder.Environment.ContentRootPath,
            mayCreate: builder.Environment.IsDevelopment()
        );
        var invitations = new StaffInvitations(new PersonalDataVault(folder), TimeProvider.System);
        var origin = settings.Origin.Length > 0 ? settings.Origin : DevelopmentOrigin;
        Console.WriteLine(
            $"{name} opens this link within {StaffInvitations.Life.TotalHours:0} hours, once, and makes a passkey:"
        );
        Console.WriteLine(StaffUrls.Invitation(origin, invitations.Create(name, StaffRoles.HelpDesk)));
        return 0;
    }
}
