using System.Collections.Concurrent;
using System.Globalization;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Records;

namespace MyData.Web.Sandbox.Misbehaving;

/// <summary>Faults of the answer itself: status, type, headers, or a body that is none.</summary>
public sealed class WrongAnswers(TimeProvider clock)
{
    private const int MostRemembered = 10_000;

    private readonly ConcurrentDictionary<string, bool> asked = new(StringComparer.Ordinal);

    public Task EmptyAsync(AgencyJob job) => job.SendBodyAsync([]);

    public Task WrongTypeAsync(AgencyJob job)
    {
        job.Http.Response.ContentType = "text/html; charset=utf-8";
        return job.Http.Response.WriteAsync("<!doctype html><title>x</title><script>alert(document.domain)</script>");
    }

    /// <summary>The right type around 64 KiB of noise.</summary>
    public Task GarbageAsync(AgencyJob job)
    {
        var numbers = new SeededNumbers("garbage");
        var noise = new byte[64 * 1024];
        for (var i = 0; i < noise.Length; i++)
            noise[i] = (byte)numbers.Next();
        return job.SendBodyAsync(noise);
    }

    /// <summary>To another address, which a good caller never follows.</summary>
    public Task RedirectAsync(AgencyJob job)
    {
        job.Http.Response.Headers.Location = "http://127.0.0.1:9/elsewhere";
        return StatusAsync(job, StatusCodes.Status307TemporaryRedirect);
    }

    public Task StatusAsync(AgencyJob job, int status, string? retryAfter = null)
    {
        job.Http.Response.StatusCode = status;
        if (retryAfter is not null)
            job.Http.Response.Headers.RetryAfter = retryAfter;
        return Task.CompletedTask;
    }

    /// <summary>"Being prepared", in the words of the wire: 202, or 429 on the national one.</summary>
    public Task PreparingAsync(AgencyJob job, string? retryAfter) =>
        StatusAsync(
            job,
            job.IsNative ? StatusCodes.Status202Accepted : StatusCodes.Status429TooManyRequests,
            retryAfter
        );

    /// <summary>Being prepared at the first call, with a strange Retry-After; at the next one the package.</summary>
    public Task OnceAsync(AgencyJob job, string? retryAfter)
    {
        if (asked.Count >= MostRemembered)
            asked.Clear();
        return asked.TryAdd($"{job.DataSet.Id} {job.Transfer}", true)
            ? PreparingAsync(job, retryAfter)
            : job.SendAsync(Packages.Write(job, job.Persona, WrongPackages.RecordOf(job, job.Persona)));
    }

    /// <summary>The other form of Retry-After (RFC 9110 §10.2.3): a date, two seconds ahead.</summary>
    public string SoonAsDate() => clock.GetUtcNow().AddSeconds(2).ToString("R", CultureInfo.InvariantCulture);
}
