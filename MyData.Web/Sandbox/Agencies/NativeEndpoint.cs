using System.Globalization;
using MyData.Core.Ledger;
using MyData.Web.Sandbox.Misbehaving;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>The address of a native data set (protocols.md A2).</summary>
public sealed class NativeEndpoint(
    AgencyDoor door,
    PreparedTransfers prepared,
    BuiltPackages built,
    Misbehaviours misbehaviours,
    SideReports reports
) : IDisposable
{
    /// <summary>A package of 20 MB needs about 100 MB while it is made.</summary>
    private readonly SemaphoreSlim largeOnes = new(4);

    public async Task AnswerAsync(HttpContext http, SandboxAgency agency, SandboxDataSet dataSet)
    {
        try
        {
            var job = await door.AdmitAsync(http, agency, dataSet, http.RequestAborted);
            if (job is null)
                http.Response.StatusCode = StatusCodes.Status204NoContent;
            else if (misbehaviours.Of(job) is { } misbehaviour)
                await misbehaviour(job);
            else
                await AnswerAsync(job);
        }
        catch (AgencyRefusal refusal)
        {
            await refusal.WriteAsync(http);
        }
        catch (HttpRequestException)
        {
            await PortalAway().WriteAsync(http);
        }
    }

    public void Dispose() => largeOnes.Dispose();

    internal static AgencyRefusal PortalAway() =>
        new(StatusCodes.Status503ServiceUnavailable, "agency.portal_away", "The portal does not answer.")
        {
            RetryAfter = 5,
        };

    private async Task AnswerAsync(AgencyJob job)
    {
        if (job.Find(job.Persona) is not { } record)
        {
            job.Http.Response.StatusCode = StatusCodes.Status204NoContent;
            reports.Add(job, TransferReport.Nothing);
        }
        else if (job.DataSet.Slow)
            await PrepareAsync(job, record);
        else if (job.DataSet.Large)
            await InTurnAsync(job, record);
        else
            await SendAsync(job, record);
    }

    private async Task SendAsync(AgencyJob job, AgencyRecord record)
    {
        await job.SendBodyAsync(built.Body(job, () => job.Wrap(Packages.Write(job, job.Persona, record))));
        reports.Add(job, "ok");
    }

    private async Task PrepareAsync(AgencyJob job, AgencyRecord record)
    {
        var wait = prepared.Wait(job);
        if (wait > TimeSpan.Zero)
        {
            job.Http.Response.StatusCode = StatusCodes.Status202Accepted;
            job.Http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds)
                .ToString(CultureInfo.InvariantCulture);
            return;
        }
        await SendAsync(job, record);
    }

    private async Task InTurnAsync(AgencyJob job, AgencyRecord record)
    {
        await largeOnes.WaitAsync(job.Http.RequestAborted);
        try
        {
            built.Count(job);
            await job.SendAsync(Packages.Write(job, job.Persona, record));
            reports.Add(job, "ok");
        }
        finally
        {
            largeOnes.Release();
        }
    }
}
