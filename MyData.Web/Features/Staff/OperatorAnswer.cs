using MyData.Core.Staff;

namespace MyData.Web.Features.Staff;

/// <summary>What the command <c>operator</c> ends with and prints. English, like the rest that is for whoever runs the portal.</summary>
public sealed record OperatorAnswer(int ExitCode, string Text)
{
    public const int Done = 0;

    public static OperatorAnswer NotDone(string why) => new(1, why);

    public static OperatorAnswer NotUnderstood(string why) => new(2, why);

    public static OperatorAnswer Link(string name, string link) =>
        new(
            Done,
            $"{name} opens this link within {StaffInvitations.Life.TotalHours:0} hours, once, and makes a passkey:\n{link}"
        );
}
