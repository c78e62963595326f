using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Web.Features.LedgerApi;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Witness;

/// <summary>Refusals of a witness that programs read, in the form and with the codes of the ledger's API.</summary>
internal static class NodeAnswers
{
    /// <summary>Its index of tags and ids is behind its copy, after a start without one: come again.</summary>
    public static IResult Indexing() => Unavailable("witness.indexing", "The index is made anew; the files are there.");

    public static IResult Unavailable(string code, string detail) =>
        ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, code, detail).Answer();

    public static IResult NotFound() =>
        ApiProblem.Of(StatusCodes.Status404NotFound, ApiProblem.NotFound, "This witness has no such record.").Answer();

    /// <summary>What cannot be read from the copy is never answered wrongly.</summary>
    public static async ValueTask<object?> UnlessDamagedAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        try
        {
            return await next(context);
        }
        catch (LedgerException damaged)
        {
            return Unavailable("witness.damaged", $"The copy cannot be read here ({damaged.Code}).");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Unavailable("witness.unavailable", "The copy cannot be read now.");
        }
    }
}
