using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Catalog;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Tests.Support;

namespace MyData.Tests.Consent;

/// <summary>No agency learns from a receipt what she asked of another.</summary>
public sealed class NarrowReceiptTests : IAsyncDisposable
{
    private readonly CoreHost _host = new(services => services.AddSingleton<IIssuer, Here>());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void Receipt_ForOneAgencyOfTwo_HoldsItsOwnPartAlone()
    {
        var consent = _host.Get<Consents>().Prepare(Draft("API.vehicle", "API.income"));
        var whole = Read(_host.Get<Consents>().Receipt(consent));
        var shown = Read(_host.Get<Consents>().ReceiptFor(consent, "API.vehicle"));

        Assert.Equal(whole.GetProperty("jti").GetGuid(), shown.GetProperty("jti").GetGuid());
        var text = shown.GetRawText();
        Assert.Contains("of API.vehicle", text, StringComparison.Ordinal);
        Assert.DoesNotContain("API.income", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hash-of-the-page", text, StringComparison.Ordinal);
        Assert.Contains("API.income", whole.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Receipt_ForTheOnlyAgency_IsHers()
    {
        var consent = _host.Get<Consents>().Prepare(Draft("API.vehicle"));
        Assert.Equal(_host.Get<Consents>().Receipt(consent), _host.Get<Consents>().ReceiptFor(consent, "API.vehicle"));
    }

    private JsonElement Read(string receipt)
    {
        var content = Jws.Verify(receipt, [.. _host.Get<SigningKeys>().Published], JoseNames.SignatureAlgs);
        return JsonSerializer.Deserialize<JsonElement>(Encoding.UTF8.GetString(content.Payload));
    }

    internal static ConsentDraft Draft(params string[] dataSets) =>
        new()
        {
            Id = Ids.New(),
            CitizenId = Ids.New(),
            SessionId = Ids.New(),
            Decision = ConsentDecision.Given,
            Purpose = Purposes.OwnUse,
            RecipientKey = "thumbprint",
            Items =
            [
                .. dataSets.Select(id => new ConsentItem
                {
                    DataSet = id,
                    SchemaVersion = 1,
                    Provider = $"agency of {id}",
                    Fields = ["name"],
                    Parameters = new Dictionary<string, string> { ["PLATE"] = $"plate of {id}" },
                    Wire = WireFormat.Native,
                }),
            ],
            Language = "zh-TW",
            TextHash = "hash-of-the-page",
            PolicyVersion = "1",
            Retention = TimeSpan.FromHours(8),
        };

    internal sealed class Here : IIssuer
    {
        public string Value => "https://mydata.test";
    }
}
