using Microsoft.AspNetCore.WebUtilities;
using MyData.Core.Transfers;

namespace MyData.Web.Features.Desk;

public static class DeskUrls
{
    public const string Complaints = "/desk";
    public const string Answered = "/desk?state=answered";
    public const string Transfers = "/desk/transfers";
    public const string TransfersCsv = "/desk/transfers.csv";
    public const string Deletions = "/desk/deletions";
    public const string ComplaintRoute = "/desk/complaints/{number}";

    /// <summary>The list, saying that this one was answered.</summary>
    public static string Done(string number) => $"{Complaints}?done={Uri.EscapeDataString(number)}";

    /// <summary>The list, saying that this one had been answered, or is gone with its account.</summary>
    public static string Settled(string number) => $"{Complaints}?settled={Uri.EscapeDataString(number)}";

    /// <summary>What both ends tell of transfers, chosen as on that page.</summary>
    public static string With(string path, SideChoice choice, string? client, Guid? before = null) =>
        QueryHelpers.AddQueryString(
            path,
            new Dictionary<string, string?>
            {
                ["which"] = choice.ToString(),
                ["client"] = client is { Length: > 0 } ? client : null,
                ["before"] = before?.ToString("D"),
            }.Where(one => one.Value is not null)
        );

    public static string Complaint(string number) => $"/desk/complaints/{Uri.EscapeDataString(number)}";
}
