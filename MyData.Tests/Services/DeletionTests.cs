using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using Microsoft.AspNetCore.WebUtilities;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.Services;
using MyData.Tests.Support;
using MyData.Web.Features.Staff;
using MyData.Web.Sandbox.Bank;

namespace MyData.Tests.Services;

/// <summary>What a service answers about data that it has, or does not (protocols.md A5).</summary>
public sealed class DeletionTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_Wrong_IsRefused_KeptOnceWhenAsked_DeletedAtAnyTime()
    {
        using var service = house.OtherDriver();
        using var another = house.OtherDriver(ServiceHouse.Odd);
        var (request, transfer, seal) = await house.ReceivedAsync(service, "kolas");
        void Keep(Dictionary<string, object> claims)
        {
            claims["until"] = DateTimeOffset.UtcNow.AddDays(400).ToUnixTimeSeconds();
            claims["law"] = "銀行法第 48 條";
        }
        string Kept(Action<Dictionary<string, object>>? change = null) =>
            service.Deletion(transfer, seal, "kept", Keep + (change ?? (_ => { })));

        async Task RefusedAsync(string receipt, Guid? of = null) =>
            Assert.Equal(
                "invalid_request service.deletion",
                (await service.AnswerAsync(of ?? transfer, receipt)).Refusal
            );

        // What she agreed to is the end, as long as she has not asked.
        await RefusedAsync(Kept());
        await house.WithdrawAsync(request);
        await RefusedAsync(another.Deletion(transfer, seal));
        await RefusedAsync(service.Deletion(transfer, new string('0', 64)));
        await RefusedAsync(service.Deletion(Guid.NewGuid(), seal));
        await RefusedAsync(service.Deletion(transfer, seal), of: Guid.NewGuid());
        await RefusedAsync(service.Deletion(transfer, seal, "perhaps"));
        await RefusedAsync(service.Deletion(transfer, seal, change: c => c["iat"] = 1_000_000_000));
        await RefusedAsync(service.Deletion(transfer, seal, change: c => c["iat"] = "now"));
        await RefusedAsync(service.Deletion(transfer, seal, change: c => c["aud"] = "https://elsewhere.example"));
        await RefusedAsync(ServiceDriver.Unsigned(service.Deletion(transfer, seal)));
        await RefusedAsync(Kept(c => c.Remove("law")));
        await RefusedAsync(Kept(c => c["law"] = "\u202Ereversed"));
        await RefusedAsync(Kept(c => c["law"] = new string('x', 101)));
        await RefusedAsync(Kept(c => c["until"] = DateTimeOffset.UtcNow.AddYears(11).ToUnixTimeSeconds()));
        await RefusedAsync(Kept(c => c["until"] = 1_000_000_000));
        Assert.Equal("Asked", (await request.CardAsync()).GetAttribute("data-status"));

        Assert.True((await service.AnswerAsync(transfer, Kept())).IsOk);
        var card = await request.CardAsync();
        Assert.Equal("Kept", card.GetAttribute("data-status"));
        Assert.Contains("銀行法第 48 條", card.TextContent, StringComparison.Ordinal);
        await RefusedAsync(Kept(c => c["until"] = DateTimeOffset.UtcNow.AddDays(800).ToUnixTimeSeconds()));

        var deleted = service.Deletion(transfer, seal);
        Assert.True((await service.AnswerAsync(transfer, deleted)).IsOk);
        Assert.True((await service.AnswerAsync(transfer, deleted)).IsOk);
        Assert.Equal("Deleted", (await request.CardAsync()).GetAttribute("data-status"));
        Assert.Single(await house.KindsAsync(request), EventKinds.ServiceDeleted);
        Assert.Single(await house.KindsAsync(request), EventKinds.ServiceKept);
    }

    [Fact]
    public async Task Deleted_WithoutHavingSignedForIt_CannotBeFetchedAgain()
    {
        using var service = house.OtherDriver();
        var (request, _, token, transfer) = await house.TokenAsync(service, "huang");
        var fetched = await service.PackageAsync(transfer, token);
        var seal = SealedPackage.Open(fetched.Bytes, house.Bank.Recipient).Digest.Hex;
        Assert.True((await service.AnswerAsync(transfer, service.Deletion(transfer, seal))).IsOk);
        Assert.Equal(ServiceCodes.PackageGone, (await service.PackageAsync(transfer, token)).Refusal);
        Assert.Equal(0, await house.ChunksAsync(transfer));
        Assert.Equal("Deleted", (await request.CardAsync()).GetAttribute("data-status"));
    }

    [Fact]
    public async Task Deleted_OfTwoPackages_SheIsToldOnce_WithTheLast()
    {
        using var service = house.OtherDriver();
        var details = JsonNode.Parse(house.Details())!.AsArray();
        details[0]!["datasets"]!
            .AsArray()
            .Add(
                new JsonObject
                {
                    ["id"] = BankListing.Labour,
                    ["fields"] = new JsonArray([.. BankListing.LabourFields.Select(field => JsonValue.Create(field))]),
                    ["parameters"] = new JsonObject(),
                }
            );
        var request = await house.OpenAsync(service, "lin", details.ToJsonString());
        await request.FetchAsync(also: BankListing.Labour);
        var code = QueryHelpers.ParseQuery((await request.HandOverAsync()).Query)["code"].ToString();
        var granted = (await service.TokenAsync(service.Redemption(code))).Json;
        var answers = new List<(Guid Transfer, string Receipt)>();
        foreach (var set in granted.GetProperty("authorization_details")[0].GetProperty("datasets").EnumerateArray())
        {
            var transfer = set.GetProperty("transfer_id").GetGuid();
            var fetched = await service.PackageAsync(transfer, granted.GetProperty("access_token").GetString()!);
            var seal = SealedPackage.Open(fetched.Bytes, house.Bank.Recipient).Digest.Hex;
            answers.Add((transfer, service.Deletion(transfer, seal)));
        }
        Assert.Equal(2, answers.Count);
        await house.WithdrawAsync(request);
        var citizen = (await house.RowAsync(request.Id)).CitizenId!.Value;
        Assert.True((await service.AnswerAsync(answers[0].Transfer, answers[0].Receipt)).IsOk);
        Assert.DoesNotContain(NoticeKinds.ServiceDeleted, await house.NoticesAsync(citizen));
        Assert.True((await service.AnswerAsync(answers[1].Transfer, answers[1].Receipt)).IsOk);
        Assert.Single(await house.NoticesAsync(citizen), NoticeKinds.ServiceDeleted);
    }

    [Fact]
    public async Task Retention_Over_TheReceiptIsDueWithoutHerAsking()
    {
        using var service = house.OtherDriver();
        var (request, transfer, seal) = await house.ReceivedAsync(service, "yang");
        var item = await house.ItemAsync(transfer);
        Assert.Equal(TimeSpan.FromDays(1), item.DueAt - item.DeleteBy);
        Assert.Contains("保存到", (await request.Citizen.GetAsync(request.Path)).Words, StringComparison.Ordinal);
        Assert.True((await service.AnswerAsync(transfer, service.Deletion(transfer, seal))).IsOk);
        Assert.Equal("Deleted", (await request.CardAsync()).GetAttribute("data-status"));
        Assert.Null((await house.ItemAsync(transfer)).DueAt);
        var page = (await request.Citizen.GetAsync(request.Path)).Words;
        Assert.Contains("簽章說明：已經刪除", page, StringComparison.Ordinal);
        Assert.DoesNotContain("保存到", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overdue_IsRedForHerAndTheStaff_RemindsAndSuspends_UntilItAnswers()
    {
        using var service = house.OtherDriver(ServiceHouse.Late);
        var (request, transfer, seal) = await house.ReceivedAsync(service, "nguyen");
        await house.WithdrawAsync(request);
        await house.AgeAsync(transfer, TimeSpan.FromMinutes(1));
        await house.Get<OverdueDeletions>().SweepAsync(Stop);
        await house.Get<OverdueDeletions>().SweepAsync(Stop);
        var page = await request.Citizen.GetAsync("/consents");
        Assert.Equal("Overdue", page.Single($"#consent-{request.Id}").GetAttribute("data-status"));
        Assert.Contains("1 項該回答的還沒有回答", page.Words, StringComparison.Ordinal);
        Assert.Single(await house.KindsAsync(request), EventKinds.ServiceOverdue);
        var row = await house.RowAsync(request.Id);
        Assert.Contains(NoticeKinds.ServiceOverdue, await house.NoticesAsync(row.CitizenId!.Value));
        Assert.Contains(
            (await service.PollAsync(WithdrawalSteps.All)).Sets(),
            set =>
                WithdrawalSteps.Payload(set.Value).GetRawText().Contains("deletion-overdue", StringComparison.Ordinal)
        );
        Assert.Equal("ok", (await service.PushAsync(service.Request(house.Details()))).Refusal);

        await house.AgeAsync(transfer, TimeSpan.FromDays(15));
        await house.Get<OverdueDeletions>().SweepAsync(Stop);
        await house.Get<OverdueDeletions>().SweepAsync(Stop);
        Assert.Single(await house.KindsAsync(request), EventKinds.ServiceSuspended);
        Assert.Equal(
            "unauthorized_client service.suspended",
            (await service.PushAsync(service.Request(house.Details()))).Refusal
        );
        Assert.Contains("暫停", (await request.CardAsync()).TextContent, StringComparison.Ordinal);
        using var staff = house.Portal.Visitor("en");
        await staff.GetAsync(StaffUrls.SignIn);
        await staff.SubmitAsync("staff-sandbox");
        var desk = (await staff.GetAsync("/desk/deletions")).ShouldBe(HttpStatusCode.OK);
        Assert.Contains(transfer.ToString(), desk.Words, StringComparison.Ordinal);
        Assert.DoesNotContain(row.CitizenId!.Value.ToString(), desk.Text, StringComparison.Ordinal);
        Assert.Contains("Suspended", (await staff.GetAsync("/services")).Words, StringComparison.Ordinal);

        Assert.True((await service.AnswerAsync(transfer, service.Deletion(transfer, seal))).IsOk);
        Assert.Equal("ok", (await service.PushAsync(service.Request(house.Details()))).Refusal);
        Assert.Equal("Deleted", (await request.CardAsync()).GetAttribute("data-status"));
    }
}
