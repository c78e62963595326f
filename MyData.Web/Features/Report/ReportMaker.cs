using System.Collections.Concurrent;
using System.Globalization;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Report;

/// <summary>A report that is being made, or is ready.</summary>
public sealed class ReportJob(Guid id, DateTimeOffset begun, CultureInfo language) : IProgress<long>
{
    private long _verified;

    public Guid Id { get; } = id;
    public DateTimeOffset Begun { get; } = begun;
    public CultureInfo Language { get; } = language;

    /// <summary>Records that the audit has verified so far.</summary>
    public long Verified => Interlocked.Read(ref _verified);

    /// <summary>The PDF; null until it is ready.</summary>
    public byte[]? File { get; internal set; }

    /// <summary>A stable code; null while nothing is wrong.</summary>
    public string? Failure { get; internal set; }

    public bool IsOver => File is not null || Failure is not null;

    public void Report(long value) => Interlocked.Exchange(ref _verified, value);
}

/// <summary>
/// Makes reports, one after the other: each reads the whole log. In memory for a quarter of an hour; whoever comes later makes it anew, with
/// newer figures.
/// </summary>
public sealed partial class ReportMaker(
    ReportReading reading,
    ReportWriting writing,
    TimeProvider time,
    IHostApplicationLifetime life,
    ILogger<ReportMaker> log
) : IDisposable
{
    /// <summary>The fonts are not on this machine.</summary>
    public const string NoFonts = "report.no_fonts";

    /// <summary>There is no log to report on.</summary>
    public const string NoLog = "report.no_log";

    /// <summary>So many wait already.</summary>
    public const string TooMany = "report.too_many";

    private const int MostWaiting = 4;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(15);
    private readonly ConcurrentDictionary<Guid, ReportJob> _jobs = new();
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Begins one, and does not wait for it.</summary>
    public ReportJob Start(CultureInfo language)
    {
        var now = time.GetUtcNow();
        foreach (var old in _jobs.Values.Where(job => now - job.Begun > Kept))
            _jobs.TryRemove(old.Id, out _);
        var job = new ReportJob(Ids.New(), now, language);
        if (ReportFonts.Missing.Count > 0)
            job.Failure = NoFonts;
        else if (_jobs.Values.Count(other => !other.IsOver) >= MostWaiting)
            job.Failure = TooMany;
        _jobs[job.Id] = job;
        if (!job.IsOver)
            _ = Task.Run(() => MakeAsync(job, life.ApplicationStopping));
        return job;
    }

    public ReportJob? Find(Guid id) => _jobs.GetValueOrDefault(id);

    public void Dispose() => _turn.Dispose();

    private async Task MakeAsync(ReportJob job, CancellationToken stop)
    {
        try
        {
            await _turn.WaitAsync(stop);
            try
            {
                CultureInfo.CurrentUICulture = job.Language;
                var facts = await reading.ReadAsync(job, stop);
                if (facts is null)
                    job.Failure = NoLog;
                else
                    job.File = ReportPdf.Draw(writing.Write(facts), facts.At);
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (LedgerException refused)
        {
            job.Failure = refused.Code;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            NotMade(failure);
            job.Failure = "platform.error";
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The report was not made")]
    private partial void NotMade(Exception failure);
}
