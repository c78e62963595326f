using System.Globalization;
using System.IO.Compression;
using System.Text;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Records of the log, each with its bytes and its receipt in one <c>.tlog-proof</c> file, as a ZIP that is verified without us: by
/// <c>audit FILE.zip</c>, or file by file at <c>/verify</c>. Beside them the policy of each log, and what the records are evidence of.
/// </summary>
public sealed class EvidenceBundle(OpenLogs logs, LedgerReceipts receipts, LedgerFiles files)
{
    public const string ProofEnding = ".tlog-proof";

    private const string Guide = """
        Each .tlog-proof file holds one record of the ledger of accesses and the proof that it stands there (c2sp.org/tlog-proof).
        To verify them: dotnet MyData.Web.dll audit THIS.zip [your own policy file], or drop a file on the page /verify of the portal.
        Without a policy of your own, the one in this file is believed (policy-YEAR; c2sp.org/tlog-policy).

        """;

    /// <param name="places">log and place of each record; what has no receipt yet is left out</param>
    /// <param name="about">name and bytes of what else belongs to it</param>
    public async Task WriteAsync(
        Stream to,
        IEnumerable<(int Log, long Index)> places,
        IEnumerable<(string Name, byte[] Bytes)> about,
        CancellationToken token
    )
    {
        var zip = await ZipArchive.CreateAsync(
            to,
            ZipArchiveMode.Create,
            leaveOpen: true,
            entryNameEncoding: null,
            token
        );
        await LogArchive.AddAsync(zip, "README.txt", Encoding.UTF8.GetBytes(Guide), token);
        foreach (var (name, bytes) in about)
            await LogArchive.AddAsync(zip, name, bytes, token);
        var years = new SortedSet<int>();
        foreach (var (id, index) in places)
        {
            if (logs.ById(id) is not { } log || await receipts.ForIndexAsync(log, index, token) is not { } receipt)
                continue;
            years.Add(log.Year);
            var (proof, entry) = (receipt.Proof, receipt.Entry);
            var file = new LogProof(proof.Index, proof.Path.ToArray(), proof.Checkpoint, entry);
            var name = string.Create(CultureInfo.InvariantCulture, $"records/{log.Year}-{index}{ProofEnding}");
            await LogArchive.AddAsync(zip, name, file.ToBytes(), token);
        }
        foreach (var year in years)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"policy-{year}");
            await LogArchive.AddAsync(zip, name, Encoding.UTF8.GetBytes(files.Policy(year)!), token);
        }
        await zip.DisposeAsync();
    }
}
