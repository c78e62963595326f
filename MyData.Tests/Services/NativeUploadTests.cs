using System.Net;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Wire.ServiceSide;
using MyData.Tests.Support;

namespace MyData.Tests.Services;

/// <summary>What belongs to the national wire is not to be had at a native request's address.</summary>
public sealed class NativeUploadTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    [Fact]
    public async Task Piece_AtANativeRequest_IsRefused_AndKeptNowhere()
    {
        using var service = house.BankDriver();
        var request = await house.OpenAsync(service, "lin");
        await request.FetchAsync();
        var citizen = request.Citizen;
        using var piece = new HttpRequestMessage(HttpMethod.Post, $"{request.Path}/wire/{Guid.NewGuid()}/0")
        {
            Content = new ByteArrayContent(new byte[64 * 1024]),
        };
        piece.Headers.Add(
            "RequestVerificationToken",
            citizen.Page.Single("#service-hand-over input[name=_form]").GetAttribute("value")
        );
        using var answer = await citizen.SendAsync(piece);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains(WireCodes.Upload, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await house.Portal.ReadAsync(db => db.Set<WirePart>().CountAsync()));
    }
}
