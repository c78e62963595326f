using System.Globalization;
using System.IO.Compression;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Web.Features.Ledger;

/// <summary>Checks each receipt of an evidence bundle (<see cref="EvidenceBundle"/>), with no network.</summary>
internal sealed class EvidenceAudit : IDisposable
{
    private const int Most = 10_000;
    private readonly ZipArchive _zip;

    private EvidenceAudit(ZipArchive zip) => _zip = zip;

    /// <summary>Null where this is no file, or the archive of a whole log.</summary>
    /// <exception cref="InvalidDataException">It is a file, and no ZIP.</exception>
    public static async Task<EvidenceAudit?> OpenAsync(string place)
    {
        if (!File.Exists(place))
            return null;
        var zip = await ZipFile.OpenReadAsync(place);
        if (zip.Entries.Any(entry => IsProof(entry.FullName)))
            return new EvidenceAudit(zip);
        await zip.DisposeAsync();
        return null;
    }

    /// <returns>whether every receipt holds</returns>
    public async Task<bool> RunAsync(string? own, TextWriter says)
    {
        var (good, wrong) = (0, 0);
        foreach (var entry in _zip.Entries.Where(entry => IsProof(entry.FullName)).Take(Most))
        {
            try
            {
                var proof = LogProof.Parse(await LogZip.ReadAsync(entry, default));
                if (proof.Extra is not { } record)
                    throw new LedgerException("proof.extra", "The record is not in it.");
                var policy = WitnessPolicy.Parse(await PolicyAsync(own, proof));
                var accepted = proof.Verify(policy, record);
                var read = LedgerRecord.Parse(record);
                await says.WriteLineAsync(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"good   {accepted.Origin}  {proof.Index}  {read.Time:u}  {read.Via}  {read.Operation}  {read.From} > {read.To}  {read.Result}"
                    )
                );
                good++;
            }
            catch (LedgerException refused)
            {
                await says.WriteLineAsync($"wrong  {entry.FullName}  {refused.Code}  {refused.Message}");
                wrong++;
            }
        }
        await says.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"verified {good}, wrong {wrong}")
                + (own is null ? " (by the bundle's own policy)" : "")
        );
        return wrong == 0 && good > 0;
    }

    public void Dispose() => _zip.Dispose();

    // The year's log is named after it.
    private async Task<byte[]> PolicyAsync(string? own, LogProof proof)
    {
        if (own is not null)
            return await File.ReadAllBytesAsync(own);
        var year = Checkpoint.Parse(proof.Checkpoint.Text.Span).Origin.Split('/')[^1];
        return _zip.GetEntry($"policy-{year}") is { } policy
            ? await LogZip.ReadAsync(policy, default)
            : throw new LedgerException("policy.log_unknown", "There is no policy for this log in the bundle.");
    }

    private static bool IsProof(string name) => name.EndsWith(EvidenceBundle.ProofEnding, StringComparison.Ordinal);
}
