using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Staff;
using MyData.Tests.LedgerApi;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;
using MyData.Web.Features.Report;
using MyData.Web.Features.Staff;
using MyData.Web.Features.Watch;
using PdfSharp.Pdf.IO;

namespace MyData.Tests.Watch;

/// <summary>The report: what it says is what the system is, in both languages, and it is made from the page and by the command.</summary>
public sealed class ReportTests(ApiHouse house) : IClassFixture<ApiHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("zh-TW", "存取紀錄帳本成果報告", "單一節點，尚無外部見證")]
    [InlineData("en", "Report on the ledger of accesses", "one node, not yet witnessed")]
    public async Task Report_FromThePage_IsAPdfOfWhatTheSystemIsNow(string language, string title, string quorum)
    {
        Assert.SkipWhen(ReportFonts.Missing.Count > 0, $"apt-get install {ReportFonts.Packages}");
        await house.AddAsync(house.Caller.EnvelopeOf("A123456789"));
        using var auditor = house.Portal.Visitor();
        await auditor.GetAsync(StaffUrls.SignIn);
        await auditor.PostAsync(StaffUrls.Sandbox, ("role", StaffRoles.Auditor));
        await auditor.GetAsync(WatchUrls.Report);
        var page = await auditor.SubmitAsync("report", ("language", language));
        var at = page.ShouldBe(HttpStatusCode.OK).Url.PathAndQuery;
        page = await house.Portal.EventuallyAsync(
            "the report",
            async () =>
                await auditor.GetAsync(at) is var now && now.Html.QuerySelector("a[download]") is not null ? now : null
        );
        var saved = await auditor.GetAsync(page.Single("a[download]").GetAttribute("href")!);
        Assert.Equal("application/pdf", saved.Headers["Content-Type"]);
        using (var file = new MemoryStream(saved.Bytes))
        using (var pdf = PdfReader.Open(file, PdfDocumentOpenMode.Import))
        {
            Assert.Equal(title, pdf.Info.Title);
            Assert.InRange(pdf.PageCount, 4, 20);
        }
        Assert.Contains(
            await house.Portal.EventsAsync(),
            e => e.Kind == EventKinds.AuditExported && e.Details!.Contains("report", StringComparison.Ordinal)
        );
        var (facts, values) = await WriteAsync(language);
        Assert.Contains(values, value => value == quorum);
        Assert.True(facts.Audit!.IsGood);
        Assert.Equal(facts.Size, facts.Audit.Verified);
        Assert.True(facts.ReceiptHolds);
        Assert.Contains(values, value => value.Contains(LedgerWords.Number(facts.Size), StringComparison.Ordinal));
        Assert.Equal(facts.Day, facts.Size);
        (await auditor.GetAsync(WatchUrls.ReportFile(Guid.NewGuid()))).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Report_ByTheCommand_IsWrittenToItsFile()
    {
        Assert.SkipWhen(ReportFonts.Missing.Count > 0, $"apt-get install {ReportFonts.Packages}");
        await house.AddAsync(house.Caller.Envelope());
        var file = Path.Combine(house.Portal.Folder, "report.pdf");
        var database = $"--MyData:Database=Data Source={Path.Combine(house.Portal.Folder, "mydata.db")}";
        Assert.Equal(0, await ReportCommand.RunAsync([ReportCommand.Name, "en", file, database]));
        Assert.Equal("%PDF"u8.ToArray(), (await File.ReadAllBytesAsync(file, Stop))[..4]);
        Assert.Equal(2, await ReportCommand.RunAsync([ReportCommand.Name]));
        Assert.Equal(2, await ReportCommand.RunAsync([ReportCommand.Name, "de", file]));
    }

    [Theory]
    [InlineData("quorum none\n", 0, 0, 0)]
    [InlineData("group q 2 w1 w2 w3\nquorum q\n", 3, 2, 1)]
    [InlineData("group q all w1 w2 w3\nquorum q\n", 3, 3, 0)]
    [InlineData("group city any w1 w2\ngroup q all city w3\nquorum q\n", 3, 2, 0)]
    public void Quorum_OfAPolicy_IsCountedOut(string lines, int witnesses, int needed, int mayFail)
    {
        var all = string.Concat(Enumerable.Range(1, witnesses).Select(Witness));
        var policy = WitnessPolicy.Parse(System.Text.Encoding.UTF8.GetBytes(all + lines));
        Assert.Equal((needed, mayFail), ReportReading.Quorum(policy));
    }

    private static string Witness(int number)
    {
        using var key = new Ed25519PrivateKey(Ed25519PrivateKey.NewSeed());
        var name = string.Create(CultureInfo.InvariantCulture, $"w{number}");
        return $"witness {name} {VerifierKey.Create(name, SignatureType.Cosignature, key.PublicKey)}\n";
    }

    private async Task<(ReportFacts Facts, List<string> Values)> WriteAsync(string language)
    {
        var services = house.Portal.Services;
        var facts = (await services.GetRequiredService<ReportReading>().ReadAsync(new Progress<long>(), Stop))!;
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        var content = services.GetRequiredService<ReportWriting>().Write(facts);
        CultureInfo.CurrentUICulture = before;
        return (facts, [.. content.Parts.OfType<ReportTable>().SelectMany(table => table.Facts).Select(f => f.Value)]);
    }
}
