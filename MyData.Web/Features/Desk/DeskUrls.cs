namespace MyData.Web.Features.Desk;

public static class DeskUrls
{
    public const string Complaints = "/desk";
    public const string Answered = "/desk?state=answered";
    public const string ComplaintRoute = "/desk/complaints/{number}";

    /// <summary>The list, saying that this one was answered.</summary>
    public static string Done(string number) => $"{Complaints}?done={Uri.EscapeDataString(number)}";

    /// <summary>The list, saying that this one had been answered, or is gone with its account.</summary>
    public static string Settled(string number) => $"{Complaints}?settled={Uri.EscapeDataString(number)}";

    public static string Complaint(string number) => $"/desk/complaints/{Uri.EscapeDataString(number)}";
}
