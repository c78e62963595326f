using MyData.Core.Services;

namespace MyData.Web.Features.Corrections;

public static class CorrectionsUrls
{
    /// <summary>Her requests; takes the POST of a new one.</summary>
    public const string Page = "/corrections";

    /// <summary>What an agency calls to fetch what waits for it.</summary>
    public const string WaitingRoute = ServiceTokens.Resource + "/corrections";

    /// <summary>What an agency calls to answer one.</summary>
    public const string AnswerRoute = WaitingRoute + "/{id:guid}";
}
