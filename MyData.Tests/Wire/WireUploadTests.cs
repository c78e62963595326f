using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Wire.ServiceSide;
using MyData.Tests.Support;
using MyData.Web.Sandbox.City;

namespace MyData.Tests.Wire;

/// <summary>What her browser uploaded is looked at before she hands it over: whole or not, and each piece read once however often she asks.</summary>
public sealed class WireUploadTests(WireHouse house) : IClassFixture<WireHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pieces_AreReadOnce_HoweverOftenTheFormIsSent()
    {
        var (request, upload, cipher) = await UploadedAsync("lin");
        var uploads = house.Get<WireUploads>();
        var wrong = upload with { Digest = new string('0', 64) };
        Assert.False(await uploads.IsWholeAsync(request.Id, wrong, cipher, Stop));
        // Whoever reads them again finds another digest.
        await ChangeAsync(upload.Id, bytes => bytes[^1] ^= 1);
        Assert.True(await uploads.IsWholeAsync(request.Id, upload, cipher, Stop));
        Assert.False(await uploads.IsWholeAsync(request.Id, wrong, cipher, Stop));
    }

    [Fact]
    public async Task Pieces_ThatLackOne_OrAreLongerOrShorter_AreNotWhole()
    {
        var (request, upload, cipher) = await UploadedAsync("chen");
        var uploads = house.Get<WireUploads>();
        Assert.True(await uploads.IsWholeAsync(request.Id, upload, cipher, Stop));
        foreach (var length in (long[])[upload.Length - 1, upload.Length + 1, 1])
            Assert.False(await uploads.IsWholeAsync(request.Id, upload with { Length = length }, cipher, Stop));
        Assert.False(await uploads.IsWholeAsync(Guid.NewGuid(), upload, cipher, Stop));
        await house
            .Get<IWriter>()
            .WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    scope
                        .Db.Set<WirePart>()
                        .Where(part => part.Upload == upload.Id && part.Number == 0)
                        .ExecuteDelete();
                },
                Stop
            );
        Assert.False(await uploads.IsWholeAsync(request.Id, upload, cipher, Stop));
    }

    private async Task<(WireRequest Request, WireUpload Upload, NationalCipher Cipher)> UploadedAsync(string persona)
    {
        var request = await house.FetchedAsync(persona);
        var (jwe, _) = await WireBrowser.BuildAsync(request.Steps);
        var bytes = Encoding.ASCII.GetBytes(jwe);
        var id = Guid.NewGuid();
        await request.UploadAsync(id, bytes);
        var service = await house.Get<OnlineServices>().FindAsync(CityListing.Parking, Stop);
        return (
            request,
            new(id, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))),
            service!.National!.Cipher
        );
    }

    private Task ChangeAsync(Guid upload, Action<byte[]> change) =>
        house
            .Get<IWriter>()
            .WriteAsync(
                scope =>
                {
                    scope.Bookkeeping();
                    var last = scope
                        .Db.Set<WirePart>()
                        .AsNoTracking()
                        .Where(part => part.Upload == upload)
                        .OrderByDescending(part => part.Number)
                        .First();
                    change(last.Bytes);
                    scope
                        .Db.Set<WirePart>()
                        .Where(part => part.Upload == upload && part.Number == last.Number)
                        .ExecuteUpdate(set => set.SetProperty(part => part.Bytes, last.Bytes));
                },
                Stop
            );
}
